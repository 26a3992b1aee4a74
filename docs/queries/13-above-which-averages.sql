-- Above which averages do how many symbols stand today?
select
    averages.indicator,
    count(*) filter (where bars.close > averages.value) as above,
    count(*) as symbols
from daily.trend_long as averages
inner join daily.bars_adjusted as bars using (symbol, date)
where
    averages.date = (select max(date) from daily.bars_adjusted)
    and (averages.indicator like 'sma%' or averages.indicator like 'ema%')
group by averages.indicator
order by averages.indicator;
