-- What happened in the month after RSI 14 fell below 30?
with below as (
    select
        momentum.symbol,
        momentum.date,
        momentum.rsi_14,
        lag(momentum.rsi_14) over life as rsi_before,
        lead(returns.close, 21) over life / returns.close - 1 as month_after
    from daily.momentum as momentum
    inner join mart.returns as returns using (symbol, date)
    window life as (partition by momentum.symbol order by momentum.date)
)

select
    symbol,
    count(*) as times,
    avg(month_after) as mean_return,
    median(month_after) as median_return
from below
where rsi_14 < 30 and rsi_before >= 30
group by symbol
order by mean_return desc;
