{# Tables in DuckDB. #}

{# Indexes are for PostgreSQL's readers of a few rows. DuckDB reads whole columns and skips what cannot match. #}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
    {{ return(none) }}
{%- endmacro %}

{# Contracts use PostgreSQL's names of types; DuckDB understands most of them. #}
{% macro duckdb__get_empty_schema_sql(columns) -%}
    {{ return(default__get_empty_schema_sql(columns_of_duckdb(columns))) }}
{%- endmacro %}

{% macro duckdb__get_table_columns_and_constraints() -%}
    (
        {%- for column in columns_of_duckdb(model['columns']).values() %}
        {{ column['name'] }} {{ column['data_type'] }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro columns_of_duckdb(columns) -%}
    {%- set types = {'jsonb': 'json'} -%}
    {%- set found = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do found.update({name: dict(column, data_type=types.get(column['data_type'], column['data_type']))}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
