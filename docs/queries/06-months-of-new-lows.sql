-- In which months did most symbols make new lows of the year?
select
    date_trunc('month', date) as month,
    sum(new_lows_1y) as new_lows,
    sum(new_highs_1y) as new_highs
from mart.market_breadth
group by month
having new_lows > 0
order by new_lows desc
limit 10;
