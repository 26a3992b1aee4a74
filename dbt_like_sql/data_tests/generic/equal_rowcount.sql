{% test equal_rowcount(model, compare_model) %}
select
    given.rows_given,
    wanted.rows_wanted
from (select count(*) as rows_given from {{ model }}) as given
cross join (select count(*) as rows_wanted from {{ compare_model }}) as wanted
where given.rows_given <> wanted.rows_wanted
{% endtest %}
