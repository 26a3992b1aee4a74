-- What did each symbol return in each calendar year, dividends put back?
select
    symbol,
    year(date) as year,
    exp(sum(ln(1 + total_return_1d))) - 1 as total_return
from mart.returns
where total_return_1d is not null
group by
    symbol,
    year
order by
    symbol,
    year;
