{# How the engine shall plan a model. #}
{% macro plan_for_days() -%}
    {{ adapter.dispatch('plan_for_days')() }}
{%- endmacro %}

{# Models join days as a whole: by hashing. A nested loop is never right for that, and sorting for a merge join seldom;
   PostgreSQL would choose them where it takes columns that go together, as those of a session do, for independent, or knows
   nothing yet of a day that has just come in. A day's visitors are grouped in memory. What it must know of a table
   (analyze_if_grown), a third of the usual sample tells. #}
{% macro postgres__plan_for_days() -%}
    set local enable_nestloop = off;
    set local enable_mergejoin = off;
    set local work_mem = '256MB';
    set local default_statistics_target = 30
{%- endmacro %}

{% macro duckdb__plan_for_days() -%}
{%- endmacro %}

{# After a table is written: what is in it, for those who plan to read it. Again only once it has grown by a twentieth, since
   to look at a year takes longer than to build a day. (An index that is made tells the size of its table, and no more.) #}
{% macro analyze_if_grown(relation) -%}
    {{ adapter.dispatch('analyze_if_grown')(relation) }}
{%- endmacro %}

{% macro postgres__analyze_if_grown(relation) -%}
    do $$
    begin
        if (
            select pg_relation_size(oid) > 1.05 * relpages * current_setting('block_size')::bigint
            from pg_class
            where oid = '{{ relation }}'::regclass
        ) or not exists (
            select from pg_stats where schemaname = '{{ relation.schema }}' and tablename = '{{ relation.identifier }}'
        ) then
            analyze {{ relation }};
        end if;
    end
    $$
{%- endmacro %}

{% macro duckdb__analyze_if_grown(relation) -%}
{%- endmacro %}
