-- Which were the deepest falls, and how long did they take to be made good?
select
    symbol,
    peak_date,
    trough_date,
    recovery_date,
    depth,
    sessions_below
from mart.drawdowns
order by depth
limit 10;
