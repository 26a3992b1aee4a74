-- Who was strongest by twelve months' momentum a year before the last session, and what did it return since?
with then_ranked as (
    select
        symbol,
        momentum_12_1_rank
    from mart.ranks
    where date = (select max(date) from mart.ranks where date <= (select max(date) - interval 1 year from mart.ranks))
)

select
    symbol,
    then_ranked.momentum_12_1_rank,
    latest.return_1y
from then_ranked
inner join mart.latest_values as latest using (symbol)
where then_ranked.momentum_12_1_rank is not null
order by then_ranked.momentum_12_1_rank desc;
