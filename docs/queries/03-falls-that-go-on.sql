-- Who has not made good its last fall, and how far is it from its peak?
select
    drawdowns.symbol,
    drawdowns.peak_date,
    drawdowns.depth as deepest,
    latest.drawdown as now
from mart.drawdowns as drawdowns
inner join mart.latest_values as latest using (symbol)
where drawdowns.recovery_date is null
order by now;
