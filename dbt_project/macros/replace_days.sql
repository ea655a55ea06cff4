{# Incremental strategy: the days that are being built are deleted and inserted again, in one transaction.
   A model names the column that holds its day, and how many days around those that are built it writes too:
   `day_column='session_day'`, `days_before=1`, `days_after=1`. One that holds whole weeks and months says `by_period=true`;
   its columns are `period` and `period_start`.
   Only one build writes a table at a time: otherwise neither would see the other's rows to delete. And a build that has
   lost its lock writes nothing more: another may have written more for days that it has already read. #}
{% macro get_incremental_replace_days_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set around = {'before': config.get('days_before', 0), 'after': config.get('days_after', 0)} -%}
    {{ wait_for_other_builds(target) }}
    {{ ensure_day_partitions(target) }}
    delete from {{ target }} where
    {% if config.get('by_period') -%}
        (period = 'week' and {{ in_periods('week', 'period_start') }})
        or (period = 'month' and {{ in_periods('month', 'period_start') }})
    {%- else -%}
        {{ in_days(config.require('day_column'), **around) }}
    {%- endif %};
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
    {% if is_partitioned() -%}
        where {{ has_partition(target) }}
    {%- else -%}
        {{ day_by_day(config.require('day_column')) }}
    {%- endif %}
{% endmacro %}

{% macro wait_for_other_builds(table) -%}
    {{ adapter.dispatch('wait_for_other_builds')(table) }}
{%- endmacro %}

{% macro postgres__wait_for_other_builds(table) -%}
    {%- set lock_pid = env_var('DBT_LOCK_PID', '') -%}
    select locks.take('{{ table.schema }}.{{ table.identifier }}');
    {%- if lock_pid %}
    do $$
    begin
        if not exists (
            select from pg_locks
            where
                locktype = 'relation' and relation = 'locks.build'::regclass and mode = 'ExclusiveLock' and granted
                and pid = {{ lock_pid | int }}
        ) then
            raise exception 'the build is no longer alone: PostgreSQL has ended the connection that lets others wait';
        end if;
    end $$;
    {%- endif %}
{%- endmacro %}

{# A file has one writer. #}
{% macro duckdb__wait_for_other_builds(table) -%}
{%- endmacro %}

{# If many days are built at once, PostgreSQL's rows are written one day after another: otherwise each day would lie on
   every page of its table, and reading one day later would read them all. #}
{% macro day_by_day(column) -%}
    {{ adapter.dispatch('day_by_day')(column) }}
{%- endmacro %}

{% macro postgres__day_by_day(column) -%}
    {%- if not var('from_day') or var('from_day') != var('to_day') -%}
        order by {{ column }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__day_by_day(column) -%}
{%- endmacro %}
