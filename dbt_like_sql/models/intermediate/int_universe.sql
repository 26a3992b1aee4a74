select
    cast(date as date) as date,
    cast(count(log_return_1d) as bigint) as symbols, -- symbols
    -- a sum of decimals does not depend on the order of its rows, a sum of doubles does
    cast(sum(cast(log_return_1d as decimal(38, 18))) as double) as log_return_sum -- ratio
from {{ ref('returns') }}
group by date
order by date
