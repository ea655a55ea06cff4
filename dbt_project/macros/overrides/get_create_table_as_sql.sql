{# In place of default__get_create_table_as_sql, dbt-adapters 1.24: dbt would write the days to a temporary table first, to
   see its columns. A view has them too: each row is written once. #}
{% macro postgres__get_create_table_as_sql(temporary, relation, sql) -%}
    {%- if temporary and config.get('incremental_strategy') == 'replace_days' -%}
        create temporary view {{ relation }} as ({{ sql }})
    {%- elif config.get('partition_by_day') -%}
        {{ create_partitioned(relation, sql) }}
    {%- elif config.get('day_column') -%}
        {%- set by_day = 'select * from (' ~ sql ~ '\n) as days ' ~ day_by_day(config.get('day_column')) -%}
        {{ create_table_as(temporary, relation, by_day) }}
    {%- else -%}
        {{ create_table_as(temporary, relation, sql) }}
    {%- endif -%}
{%- endmacro %}
