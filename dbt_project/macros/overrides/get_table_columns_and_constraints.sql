{# In place of default__get_table_columns_and_constraints, dbt-adapters 1.24: contracts name types as PostgreSQL does. #}
{% macro duckdb__get_table_columns_and_constraints() -%}
    (
        {%- for column in adapter.render_raw_columns_constraints(raw_columns=columns_of_duckdb(model['columns'])) %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# DuckDB understands most types of PostgreSQL; these it calls otherwise. #}
{% macro columns_of_duckdb(columns) -%}
    {%- set types = {'jsonb': 'json'} -%}
    {%- set found = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do found.update({name: dict(column, data_type=types.get(column['data_type'], column['data_type']))}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
