with bars as (
    select
        symbol,
        date,
        close,
        volume,
        max(session) over (partition by symbol) - session as sessions_ago
    from {{ ref('stg_bars') }}
),

lives as (
    select
        symbol,
        min(date) as first_date,
        max(date) as last_date,
        count(*) as bars,
        arg_max(close, date) as last_close,
        median(volume) filter (where sessions_ago < {{ var('sessions_a_month') }}) as median_volume_1m
    from bars
    group by symbol
),

falls as (
    select
        symbol,
        min(drawdown) as max_drawdown
    from {{ ref('returns') }}
    group by symbol
)

select
    cast(lives.symbol as varchar) as symbol,
    cast(lives.first_date as date) as first_date,
    cast(lives.last_date as date) as last_date,
    cast(lives.bars as bigint) as bars, -- sessions
    cast(lives.last_close as double) as last_close, -- price, adjusted for splits
    cast(year_range.high_1y as double) as high_1y, -- price, adjusted for splits
    cast(year_range.low_1y as double) as low_1y, -- price, adjusted for splits
    cast(lives.last_close / year_range.high_1y - 1 as double) as below_high_1y, -- ratio, 0 or negative
    cast(lives.median_volume_1m as double) as median_volume_1m, -- shares a session, adjusted for splits
    cast(falls.max_drawdown as double) as max_drawdown -- ratio, 0 or negative
from lives
inner join falls using (symbol)
inner join {{ ref('int_year_range') }} as year_range
    on lives.symbol = year_range.symbol and lives.last_date = year_range.date
order by lives.symbol
