-- What followed golden crosses, against death crosses, three months on?
select
    kind,
    count(*) as crosses,
    avg(return_3m_after) as mean_return,
    count(*) filter (where return_3m_after > 0) / count(return_3m_after) as share_that_rose
from mart.crosses
group by kind
order by kind;
