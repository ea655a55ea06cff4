{# PostgreSQL holds the latest days in detail, DuckDB all of them. #}
{% macro and_visits_of_days_that_left() -%}
    {{ adapter.dispatch('and_visits_of_days_that_left')() }}
{%- endmacro %}

{% macro postgres__and_visits_of_days_that_left() -%}
    union all
    select * from {{ source('lake', 'left_visits') }}
{%- endmacro %}

{% macro duckdb__and_visits_of_days_that_left() -%}
{%- endmacro %}
