{# In place of duckdb__get_create_index_sql, dbt-duckdb 1.11: indexes are for PostgreSQL's readers of a few rows. DuckDB reads
   whole columns, and knows where it need not look. #}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
    {{ return(none) }}
{%- endmacro %}
