{# A table of detail has a partition for each day (`partition_by_day=true`), so that a day leaves PostgreSQL by dropping it. #}

{# Its columns are those of the contract, or of the query where there is none. #}
{% macro create_partitioned(relation, sql) -%}
    {%- set rows = make_temp_relation(relation) -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {%- set columns = adapter.dispatch('get_column_names', 'dbt')() if has_contract else '*' -%}
    create temporary view {{ rows }} as ({{ sql }});
    {%- if has_contract %}
    {{ get_assert_columns_equivalent(sql) }}
    create table {{ relation }} {{ get_table_columns_and_constraints() }}
    {%- else %}
    create table {{ relation }} (like {{ rows }})
    {%- endif %}
    partition by range ({{ config.require('day_column') }});
    {{ ensure_day_partitions(relation) }}
    insert into {{ relation }} {{ '(' ~ columns ~ ')' if has_contract }}
    select {{ columns }} from {{ rows }}
    where {{ has_partition(relation) }}
{%- endmacro %}

{# Partitions for the days that are built: those of raw.events, since no row comes of other days. #}
{% macro ensure_day_partitions(table) -%}
    {%- if is_partitioned() -%}
    select ops.ensure_day_partitions('{{ table }}', {{ days_written() }});
    {%- endif -%}
{%- endmacro %}

{% macro is_partitioned() -%}
    {{ return(config.get('partition_by_day') and target.type == 'postgres') }}
{%- endmacro %}

{# The first and the last day that the model writes. #}
{% macro days_written() -%}
    {%- if var('from_day') -%}
        date '{{ var("from_day") }}' - {{ config.get('days_before', 0) }}, date '{{ var("to_day") }}' + {{ config.get('days_after', 0) }}
    {%- else -%}
        null, null
    {%- endif -%}
{%- endmacro %}

{# Rows of days that have a partition. The first event of another day may arrive in between; the day counts as changed then,
   and is built next. #}
{% macro has_partition(table) -%}
    {{ config.require('day_column') }} = any(
        array(select day from ops.day_partitions where of_table = '{{ table }}'::regclass)
    )
{%- endmacro %}
