-- How did the market move lately, and how many of its symbols stood above their averages?
select
    date,
    advancers,
    decliners,
    advance_decline_line,
    share_above_sma_50,
    share_above_sma_200
from mart.market_breadth
order by date desc
limit 10;
