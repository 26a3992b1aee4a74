select
    cast(symbol as varchar) as symbol,
    cast(ex_date as date) as ex_date,
    cast(kind as varchar) as kind,
    cast(arg_max(value, batch) as double) as value -- shares for one, or cash a share
from {{ source('raw', 'actions') }}
group by
    symbol,
    ex_date,
    kind
