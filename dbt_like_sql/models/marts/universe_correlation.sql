with sums as (
    select
        symbol,
        month,
        sum(sessions) over year as sessions,
        sum(own_sum) over year as own,
        sum(others_sum) over year as others,
        sum(own_squares) over year as own_squares,
        sum(others_squares) over year as others_squares,
        sum(products) over year as products
    from {{ ref('int_monthly_moments') }}
    window year as (partition by symbol order by month range between interval 11 months preceding and current row)
),

spreads as (
    select
        symbol,
        month,
        sessions,
        greatest(own_squares - own * own / sessions, 0) as own_spread,
        greatest(others_squares - others * others / sessions, 0) as others_spread,
        products - own * others / sessions as shared_spread
    from sums
    where sessions >= {{ var('sessions_a_quarter') }}
)

select
    cast(symbol as varchar) as symbol,
    cast(month as date) as month,
    cast(sessions as bigint) as sessions, -- sessions
    cast(
        greatest(least(shared_spread / nullif(sqrt(own_spread * others_spread), 0), 1), -1) as double
    ) as correlation_1y, -- ratio
    cast(shared_spread / nullif(others_spread, 0) as double) as beta_1y, -- ratio
    cast(sqrt(own_spread / (sessions - 1) * {{ var('sessions_a_year') }}) as double) as volatility_1y -- ratio a year
from spreads
order by
    symbol,
    month
