{# In place of get_where_subquery, dbt-adapters 1.24: tests look at the days that were built, not at all of history, where
   they say `where: built(session_day)`. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = (config.get('where') or '') -%}
    {%- set built = modules.re.fullmatch('built\((\w+)\)', where) -%}
    {%- if built -%}
        {%- set where = in_days(built.group(1)) -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
