with ranges as (
    select
        symbol,
        date,
        high,
        low,
        close,
        max(high) over year as high_1y,
        min(low) over year as low_1y
    from {{ ref('stg_bars') }}
    window year as (partition by symbol order by date rows {{ var('sessions_a_year') - 1 }} preceding)
),

compared as (
    select
        symbol,
        date,
        close,
        high_1y,
        low_1y,
        high > lag(high_1y) over history as is_above,
        low < lag(low_1y) over history as is_below,
        row_number() over history > {{ var('sessions_a_year') }} as has_year_before
    from ranges
    window history as (partition by symbol order by date)
)

select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(close as double) as close, -- price
    cast(high_1y as double) as high_1y, -- price
    cast(low_1y as double) as low_1y, -- price
    cast((close - low_1y) / nullif(high_1y - low_1y, 0) as double) as position_1y, -- ratio
    cast(case when has_year_before then is_above end as boolean) as is_new_high_1y,
    cast(case when has_year_before then is_below end as boolean) as is_new_low_1y
from compared
order by
    symbol,
    date
