-- Do weekly and daily momentum agree on the newest bars?
select
    daily_rsi.symbol,
    daily_rsi.rsi_14 as daily_rsi_14,
    weekly_rsi.rsi_14 as weekly_rsi_14,
    (daily_rsi.rsi_14 > 50) = (weekly_rsi.rsi_14 > 50) as agree
from (
    select symbol, rsi_14 from daily.momentum
    qualify row_number() over (partition by symbol order by date desc) = 1
) as daily_rsi
inner join (
    select symbol, rsi_14 from weekly.momentum
    qualify row_number() over (partition by symbol order by date desc) = 1
) as weekly_rsi using (symbol)
order by symbol;
