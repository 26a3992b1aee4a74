with sessions as (
    select
        date,
        row_number() over (order by date) as number
    from {{ ref('int_universe') }}
),

bars as (
    select
        bars.symbol,
        bars.date,
        sessions.number,
        sessions.number - lag(sessions.number) over life - 1 as missing,
        ln(bars.close / lag(bars.close) over life) as move,
        bars.close = lag(bars.close) over life as is_unchanged,
        bars.high = bars.low as is_flat,
        bars.volume = 0 as is_silent
    from {{ ref('stg_bars') }} as bars
    inner join sessions using (date)
    window life as (partition by bars.symbol order by bars.date)
),

lives as (
    select
        symbol,
        count(*) as bars,
        min(date) as first_date,
        max(date) as last_date,
        max(number) as last_number,
        coalesce(sum(missing), 0) as missing_sessions,
        coalesce(max(missing), 0) as longest_gap,
        count(*) filter (where is_silent) as silent_bars,
        count(*) filter (where is_flat) as flat_bars,
        count(*) filter (where is_unchanged) as unchanged_closes,
        count(*) filter (where abs(move) >= {{ var('jump') }}) as jumps,
        max(abs(move)) as largest_move
    from bars
    group by symbol
),

deliveries as (
    select
        symbol,
        count(*) as deliveries
    from {{ source('raw', 'bars') }}
    group by symbol
),

actions as (
    select
        symbol,
        count(*) filter (where kind = 'split') as splits,
        count(*) filter (where kind = 'dividend') as dividends
    from {{ ref('stg_actions') }}
    group by symbol
)

select
    cast(lives.symbol as varchar) as symbol,
    cast(lives.first_date as date) as first_date,
    cast(lives.last_date as date) as last_date,
    cast(lives.bars as bigint) as bars, -- sessions
    cast(lives.missing_sessions as bigint) as missing_sessions, -- sessions
    cast(lives.longest_gap as bigint) as longest_gap, -- sessions
    cast(max(lives.last_number) over () - lives.last_number as bigint) as sessions_behind, -- sessions
    cast(lives.silent_bars as bigint) as silent_bars, -- sessions
    cast(lives.flat_bars as bigint) as flat_bars, -- sessions
    cast(lives.unchanged_closes as bigint) as unchanged_closes, -- sessions
    cast(lives.jumps as bigint) as jumps, -- sessions
    cast(lives.largest_move as double) as largest_move, -- ratio
    cast(deliveries.deliveries - lives.bars as bigint) as superseded_bars, -- bars
    cast(coalesce(actions.splits, 0) as bigint) as splits, -- actions
    cast(coalesce(actions.dividends, 0) as bigint) as dividends -- actions
from lives
inner join deliveries using (symbol)
left join actions using (symbol)
order by lives.symbol
