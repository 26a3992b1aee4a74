with bars as (
    select
        symbol,
        date,
        session,
        close,
        drawdown,
        max(session) over (partition by symbol) as last_session
    from {{ ref('returns') }}
),

lives as (
    select
        symbol,
        min(date) as first_date,
        max(date) as last_date,
        count(*) as bars,
        arg_max(close, date) as last_close,
        min(drawdown) as max_drawdown
    from bars
    group by symbol
),

months as (
    select
        bars.symbol,
        median(volumes.volume) as median_volume_1m
    from bars
    inner join {{ ref('stg_bars') }} as volumes using (symbol, date)
    where bars.last_session - bars.session < {{ var('sessions_a_month') }}
    group by bars.symbol
),

total_returns as (
    select
        symbol,
        arg_max(total_return_close, date) / arg_min(total_return_close, date) as growth
    from {{ ref('stg_bars') }}
    group by symbol
),

co_movements as (
    select
        symbol,
        arg_max(volatility_1y, month) as volatility_1y,
        arg_max(correlation_1y, month) as correlation_1y
    from {{ ref('universe_correlation') }}
    group by symbol
)

select
    cast(lives.symbol as varchar) as symbol,
    cast(lives.first_date as date) as first_date,
    cast(lives.last_date as date) as last_date,
    cast(lives.bars as bigint) as bars, -- sessions
    cast(lives.last_close as double) as last_close, -- price
    cast(ranges.high_1y as double) as high_1y, -- price
    cast(ranges.low_1y as double) as low_1y, -- price
    cast(lives.last_close / ranges.high_1y - 1 as double) as below_high_1y, -- ratio
    cast(months.median_volume_1m as double) as median_volume_1m, -- shares
    cast(lives.max_drawdown as double) as max_drawdown, -- ratio
    cast(
        case
            when lives.bars > {{ var('sessions_a_year') }}
                then total_returns.growth ^ (365.25 / (lives.last_date - lives.first_date)) - 1
        end as double
    ) as total_return_per_year, -- ratio a year
    cast(co_movements.volatility_1y as double) as volatility_1y, -- ratio a year
    cast(co_movements.correlation_1y as double) as correlation_1y -- ratio
from lives
inner join months using (symbol)
inner join total_returns using (symbol)
inner join {{ ref('year_ranges') }} as ranges
    on lives.symbol = ranges.symbol and lives.last_date = ranges.date
left join co_movements on lives.symbol = co_movements.symbol
order by lives.symbol
