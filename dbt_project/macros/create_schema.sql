{# Analysts may read everything that dbt creates in schema marts, from the first moment (sql/versions/0018). #}
{% macro postgres__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier().include(database=False) }};
        {%- if relation.schema == 'marts' %}
        select ops.open_marts_to_analysts();
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}
