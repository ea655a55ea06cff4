{# In place of default__get_empty_schema_sql, dbt-adapters 1.24: contracts name types as PostgreSQL does. #}
{% macro duckdb__get_empty_schema_sql(columns) -%}
    {{ return(default__get_empty_schema_sql(columns_of_duckdb(columns))) }}
{%- endmacro %}
