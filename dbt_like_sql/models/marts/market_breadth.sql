with moves as (
    select
        date,
        count(*) as symbols,
        count(*) filter (where return_1d > 0) as advancers,
        count(*) filter (where return_1d < 0) as decliners,
        count(*) filter (where return_1d = 0) as unchanged
    from {{ ref('returns') }}
    group by date
),

extremes as (
    select
        date,
        count(*) filter (where is_new_high_1y) as new_highs_1y,
        count(*) filter (where is_new_low_1y) as new_lows_1y
    from {{ ref('year_ranges') }}
    group by date
),

means as (
    select
        trend.date,
        count(trend.sma_50) as with_sma_50,
        count(*) filter (where returns.close > trend.sma_50) as above_sma_50,
        count(trend.sma_200) as with_sma_200,
        count(*) filter (where returns.close > trend.sma_200) as above_sma_200
    from {{ source('daily', 'trend') }} as trend
    inner join {{ ref('returns') }} as returns using (symbol, date)
    group by trend.date
)

select
    cast(moves.date as date) as date,
    cast(moves.symbols as bigint) as symbols, -- symbols
    cast(moves.advancers as bigint) as advancers, -- symbols
    cast(moves.decliners as bigint) as decliners, -- symbols
    cast(moves.unchanged as bigint) as unchanged, -- symbols
    cast(
        sum(moves.advancers - moves.decliners) over (order by moves.date) as bigint
    ) as advance_decline_line, -- symbols
    cast(means.above_sma_50 / nullif(means.with_sma_50, 0) as double) as share_above_sma_50, -- ratio
    cast(means.above_sma_200 / nullif(means.with_sma_200, 0) as double) as share_above_sma_200, -- ratio
    cast(extremes.new_highs_1y as bigint) as new_highs_1y, -- symbols
    cast(extremes.new_lows_1y as bigint) as new_lows_1y -- symbols
from moves
inner join extremes using (date)
left join means using (date)
order by moves.date
