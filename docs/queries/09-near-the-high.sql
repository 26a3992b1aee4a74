-- Who stands in the upper tenth of its 52 weeks' range?
select
    symbol,
    close,
    low_1y,
    high_1y,
    position_1y
from mart.latest_values
where position_1y > 0.9
order by position_1y desc;
