with latest as (
    select
        symbol,
        max(date) as date
    from {{ ref('stg_bars') }}
    group by symbol
)

select
    cast(latest.symbol as varchar) as symbol,
    cast(latest.date as date) as date,
    cast(latest.date = max(latest.date) over () as boolean) as is_current,
    cast(bars.close as double) as close, -- price, adjusted for splits
    cast(bars.volume as double) as volume, -- shares, adjusted for splits
    cast(returns.return_1d as double) as return_1d, -- ratio
    cast(returns.return_1y as double) as return_1y, -- ratio
    cast(returns.drawdown as double) as drawdown, -- ratio
    cast(trend.sma_20 as double) as sma_20, -- price
    cast(trend.sma_50 as double) as sma_50, -- price
    cast(trend.sma_200 as double) as sma_200, -- price
    cast(trend.ema_20 as double) as ema_20, -- price
    cast(momentum.rsi_14 as double) as rsi_14, -- 0 to 100
    cast(momentum.macd_12_26_9 as double) as macd_12_26_9, -- price
    cast(momentum.macd_12_26_9_signal as double) as macd_12_26_9_signal, -- price
    cast(momentum.adx_14 as double) as adx_14, -- 0 to 100
    cast(volatility.atr_14 as double) as atr_14 -- price
from latest
inner join {{ ref('stg_bars') }} as bars using (symbol, date)
inner join {{ ref('returns') }} as returns using (symbol, date)
left join {{ source('daily', 'trend') }} as trend using (symbol, date)
left join {{ source('daily', 'momentum') }} as momentum using (symbol, date)
left join {{ source('daily', 'volatility') }} as volatility using (symbol, date)
order by symbol
