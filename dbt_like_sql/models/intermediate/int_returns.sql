select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(session as bigint) as session, -- 1 for the symbol's first bar
    cast(close as double) as close, -- price, adjusted for splits
    cast(close / lag(close) over history - 1 as double) as return_1d, -- ratio
    cast(ln(close / lag(close) over history) as double) as log_return_1d, -- ratio
    cast(total_return_close / lag(total_return_close) over history - 1 as double) as total_return_1d -- ratio
from {{ ref('stg_bars') }}
window history as (partition by symbol order by date)
order by
    symbol,
    date
