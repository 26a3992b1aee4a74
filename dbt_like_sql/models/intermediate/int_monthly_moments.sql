with pairs as (
    select
        returns.symbol,
        date_trunc('month', returns.date) as month,
        returns.log_return_1d as own,
        (universe.log_return_sum - returns.log_return_1d) / (universe.symbols - 1) as others
    from {{ ref('returns') }} as returns
    inner join {{ ref('int_universe') }} as universe using (date)
    where returns.log_return_1d is not null and universe.symbols > 1
)

select
    cast(symbol as varchar) as symbol,
    cast(month as date) as month,
    cast(count(*) as bigint) as sessions, -- sessions
    cast(sum(cast(own as decimal(38, 18))) as double) as own_sum, -- ratio
    cast(sum(cast(others as decimal(38, 18))) as double) as others_sum, -- ratio
    cast(sum(cast(own * own as decimal(38, 18))) as double) as own_squares, -- ratio squared
    cast(sum(cast(others * others as decimal(38, 18))) as double) as others_squares, -- ratio squared
    cast(sum(cast(own * others as decimal(38, 18))) as double) as products -- ratio squared
from pairs
group by
    symbol,
    month
order by
    symbol,
    month
