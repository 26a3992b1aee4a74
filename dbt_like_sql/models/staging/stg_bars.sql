select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    cast(row_number() over (partition by symbol order by date) as bigint) as session, -- 1 for the symbol's first bar
    cast(open as double) as open, -- price, adjusted for splits
    cast(high as double) as high, -- price, adjusted for splits
    cast(low as double) as low, -- price, adjusted for splits
    cast(close as double) as close, -- price, adjusted for splits
    cast(volume as double) as volume, -- shares, adjusted for splits
    cast(close / split_factor * split_div_factor as double) as total_return_close -- price, adjusted for dividends too
from {{ source('daily', 'bars_adjusted') }}
order by
    symbol,
    date
