with days as (
    select
        returns.date,
        count(*) as symbols,
        count(*) filter (where returns.return_1d > 0) as advancers,
        count(*) filter (where returns.return_1d < 0) as decliners,
        count(*) filter (where returns.return_1d = 0) as unchanged,
        count(trend.sma_200) as with_sma_200,
        count(*) filter (where returns.close > trend.sma_200) as above_sma_200,
        count(*) filter (where year_range.is_new_high_1y) as new_highs_1y,
        count(*) filter (where year_range.is_new_low_1y) as new_lows_1y
    from {{ ref('int_returns') }} as returns
    inner join {{ ref('int_year_range') }} as year_range using (symbol, date)
    left join {{ source('daily', 'trend') }} as trend using (symbol, date)
    group by returns.date
)

select
    cast(date as date) as date,
    cast(symbols as bigint) as symbols, -- symbols with a bar
    cast(advancers as bigint) as advancers, -- symbols
    cast(decliners as bigint) as decliners, -- symbols
    cast(unchanged as bigint) as unchanged, -- symbols
    cast(sum(advancers - decliners) over (order by date) as bigint) as advance_decline_line, -- symbols, summed up
    cast(above_sma_200 / nullif(with_sma_200, 0) as double) as share_above_sma_200, -- ratio
    cast(new_highs_1y as bigint) as new_highs_1y, -- symbols
    cast(new_lows_1y as bigint) as new_lows_1y -- symbols
from days
order by date
