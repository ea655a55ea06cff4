{# In place of generate_schema_name, dbt-adapters 1.24: schemas are called what the models say, without the target's name
   before it. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{- custom_schema_name or target.schema -}}
{% endmacro %}
