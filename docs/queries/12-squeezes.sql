-- When were the Bollinger bands narrower than on any of the 125 sessions before, and what has the week after been?
with widths as (
    select
        volatility.symbol,
        volatility.date,
        volatility.bbw_20_2,
        min(volatility.bbw_20_2) over (life rows between 125 preceding and 1 preceding) as narrowest_before,
        abs(lead(returns.close, 5) over life / returns.close - 1) as move_after
    from daily.volatility as volatility
    inner join mart.returns as returns using (symbol, date)
    where volatility.bbw_20_2 is not null
    window life as (partition by volatility.symbol order by volatility.date)
)

select
    symbol,
    count(*) as squeezes,
    max(date) as last_one,
    avg(move_after) as mean_move_after
from widths
where bbw_20_2 < narrowest_before
group by symbol
order by symbol;
