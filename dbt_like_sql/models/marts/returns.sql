select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(row_number() over history as bigint) as session, -- sessions
    cast(close as double) as close, -- price
    cast(close / lag(close) over history - 1 as double) as return_1d, -- ratio
    cast(ln(close / lag(close) over history) as double) as log_return_1d, -- ratio
    cast(total_return_close / lag(total_return_close) over history - 1 as double) as total_return_1d, -- ratio
    cast(close / lag(close, {{ var('sessions_a_month') }}) over history - 1 as double) as return_1m, -- ratio
    cast(close / lag(close, {{ var('sessions_a_quarter') }}) over history - 1 as double) as return_3m, -- ratio
    cast(close / lag(close, {{ var('sessions_a_year') }}) over history - 1 as double) as return_1y, -- ratio
    cast(close / max(close) over history - 1 as double) as drawdown -- ratio
from {{ ref('stg_bars') }}
window history as (partition by symbol order by date)
order by
    symbol,
    date
