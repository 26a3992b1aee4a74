with spells as (
    select
        symbol,
        date,
        close,
        drawdown,
        count(*) filter (where drawdown = 0) over (partition by symbol order by date) as peak
    from {{ ref('returns') }}
),

depths as (
    select
        symbol,
        date,
        close,
        peak,
        drawdown,
        min(drawdown) over (partition by symbol, peak) as depth
    from spells
),

falls as (
    select
        symbol,
        peak,
        min(date) as peak_date,
        max(close) as peak_close,
        min(date) filter (where drawdown = depth) as trough_date,
        min(close) as trough_close,
        min(depth) as depth,
        count(*) - 1 as sessions_below
    from depths
    group by
        symbol,
        peak
),

ends as (
    select
        symbol,
        peak_date,
        peak_close,
        trough_date,
        trough_close,
        lead(peak_date) over (partition by symbol order by peak) as recovery_date,
        depth,
        sessions_below
    from falls
)

select
    cast(symbol as varchar) as symbol,
    cast(peak_date as date) as peak_date,
    cast(peak_close as double) as peak_close, -- price
    cast(trough_date as date) as trough_date,
    cast(trough_close as double) as trough_close, -- price
    cast(recovery_date as date) as recovery_date,
    cast(depth as double) as depth, -- ratio
    cast(sessions_below as bigint) as sessions_below -- sessions
from ends
where depth <= -{{ var('least_fall') }}
order by
    symbol,
    peak_date
