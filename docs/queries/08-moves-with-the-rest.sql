-- Who moves with all others, who goes its own way, and did that change?
select
    symbol,
    min(correlation_1y) as least,
    arg_min(month, correlation_1y) as least_in,
    max(correlation_1y) as most,
    arg_max(correlation_1y, month) as now
from mart.universe_correlation
group by symbol
order by now desc;
