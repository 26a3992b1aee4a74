select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(close as double) as close, -- price, adjusted for splits
    cast(return_1d as double) as return_1d, -- ratio
    cast(log_return_1d as double) as log_return_1d, -- ratio
    cast(total_return_1d as double) as total_return_1d, -- ratio
    cast(close / lag(close, {{ var('sessions_a_month') }}) over history - 1 as double) as return_1m, -- ratio
    cast(close / lag(close, {{ var('sessions_a_quarter') }}) over history - 1 as double) as return_3m, -- ratio
    cast(close / lag(close, {{ var('sessions_a_year') }}) over history - 1 as double) as return_1y, -- ratio
    cast(close / max(close) over history - 1 as double) as drawdown -- ratio, 0 at a new high and below it negative
from {{ ref('int_returns') }}
window history as (partition by symbol order by date)
order by
    symbol,
    date
