with sides as (
    select
        symbol,
        date,
        sma_50,
        sma_200,
        sma_50 > sma_200 as is_above,
        lag(sma_50 > sma_200) over (partition by symbol order by date) as was_above
    from {{ source('daily', 'trend') }}
    where sma_200 is not null
),

crossed as (
    select
        returns.session,
        returns.close,
        sides.symbol,
        sides.date,
        sides.sma_50,
        sides.sma_200,
        sides.is_above
    from {{ ref('returns') }} as returns
    inner join sides using (symbol, date)
    where sides.is_above <> sides.was_above
)

select
    cast(crossed.symbol as varchar) as symbol,
    cast(crossed.date as date) as date,
    cast(case when crossed.is_above then 'golden' else 'death' end as varchar) as kind,
    cast(crossed.close as double) as close, -- price
    cast(crossed.sma_50 as double) as sma_50, -- price
    cast(crossed.sma_200 as double) as sma_200, -- price
    cast(
        crossed.session - lag(crossed.session) over (partition by crossed.symbol order by crossed.date) as bigint
    ) as sessions_since_last, -- sessions
    cast(after_1m.return_1m as double) as return_1m_after, -- ratio
    cast(after_3m.return_3m as double) as return_3m_after -- ratio
from crossed
left join {{ ref('returns') }} as after_1m
    on crossed.symbol = after_1m.symbol and crossed.session + {{ var('sessions_a_month') }} = after_1m.session
left join {{ ref('returns') }} as after_3m
    on crossed.symbol = after_3m.symbol and crossed.session + {{ var('sessions_a_quarter') }} = after_3m.session
order by
    crossed.symbol,
    crossed.date
