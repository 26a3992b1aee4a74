{% test relationships(model, column_name, to, field) %}
select child.*
from {{ model }} as child
where
    child.{{ column_name }} is not null
    and not exists (select 1 from {{ to }} as parent where parent.{{ field }} = child.{{ column_name }})
{% endtest %}
