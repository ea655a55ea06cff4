{# How the engine plans a model. #}
{% macro plan_for_days() -%}
    {{ adapter.dispatch('plan_for_days')() }}
{%- endmacro %}

{# Models join whole days, by hashing. A nested loop is never right for that, and sorting for a merge join rarely;
   PostgreSQL would choose them when it assumes that correlated columns, like those of a session, are independent, or
   when it has no statistics of a new day. A day's visitors are grouped in memory. For the statistics of a table
   (analyze_if_grown), a third of the usual sample is enough. #}
{% macro postgres__plan_for_days() -%}
    set local enable_nestloop = off;
    set local enable_mergejoin = off;
    set local work_mem = '256MB';
    set local default_statistics_target = 30
{%- endmacro %}

{% macro duckdb__plan_for_days() -%}
{%- endmacro %}

{# Analyze a table after it is written, for the plans of its readers. Again only once it has grown by a twentieth, since
   analyzing a year takes longer than building a day. (Creating an index records the size of its table, and no more.) #}
{% macro analyze_if_grown(relation) -%}
    {{ adapter.dispatch('analyze_if_grown')(relation) }}
{%- endmacro %}

{% macro postgres__analyze_if_grown(relation) -%}
    {%- if config.get('partition_by_day') -%}
    select ops.analyze_day_partitions('{{ relation }}', {{ days_written() }})
    {%- else -%}
    select ops.analyze_if_grown('{{ relation }}')
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__analyze_if_grown(relation) -%}
{%- endmacro %}
