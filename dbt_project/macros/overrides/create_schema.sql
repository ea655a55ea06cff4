{# In place of postgres__create_schema, dbt-postgres 1.11: others may read what dbt will make in schema marts, from the
   first moment on (sql/functions/ops/open_marts_to_analysts.sql, open_to_web.sql). The database is the one that dbt is connected to. #}
{% macro postgres__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier().include(database=False) }};
        {%- if relation.schema == 'marts' %}
        select ops.open_marts_to_analysts(), ops.open_to_web();
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}
