select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(open as double) as open, -- price
    cast(high as double) as high, -- price
    cast(low as double) as low, -- price
    cast(close as double) as close, -- price
    cast(volume as double) as volume, -- shares
    cast(close / split_factor * split_div_factor as double) as total_return_close -- price
from {{ source('daily', 'bars_adjusted') }}
