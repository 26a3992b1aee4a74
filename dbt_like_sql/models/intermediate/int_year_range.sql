select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(session as bigint) as session, -- 1 for the symbol's first bar
    cast(max(high) over year as double) as high_1y, -- price, adjusted for splits
    cast(min(low) over year as double) as low_1y, -- price, adjusted for splits
    cast(
        case when session > {{ var('sessions_a_year') }} then high > max(high) over year_before end as boolean
    ) as is_new_high_1y,
    cast(
        case when session > {{ var('sessions_a_year') }} then low < min(low) over year_before end as boolean
    ) as is_new_low_1y
from {{ ref('stg_bars') }}
window
    year as (partition by symbol order by date rows {{ var('sessions_a_year') - 1 }} preceding),
    year_before as (
        partition by symbol order by date rows between {{ var('sessions_a_year') }} preceding and 1 preceding
    )
order by
    symbol,
    date
