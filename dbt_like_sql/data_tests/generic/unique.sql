{% test unique(model, column_name) %}
select
    {{ column_name }},
    count(*) as occurrences
from {{ model }}
where {{ column_name }} is not null
group by all
having count(*) > 1
{% endtest %}
