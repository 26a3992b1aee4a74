-- A model's schema is the one that dbt_project.yml gives it, as is: dbt's default would put the target's before it.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
