-- A number that tells two sets of rows apart, whatever their order; of use within one run only, as DuckDB's hash may change.
{% macro fingerprint(columns) -%}
    (count(*), bit_xor(hash({{ columns | join(', ') }})))
{%- endmacro %}
