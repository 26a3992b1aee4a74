-- Which symbols' bars should be looked at before they are relied on?
select
    symbol,
    bars,
    missing_sessions,
    longest_gap,
    jumps,
    largest_move,
    superseded_bars,
    sessions_behind
from mart.data_quality
order by
    missing_sessions desc,
    jumps desc,
    symbol;
