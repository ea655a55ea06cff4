{# The post-hook of every mart: rows are read only by those who may (sql/functions/ops/protect_mart.sql). A table of days that
   stands already has been through it. #}
{% macro protect_mart() -%}
    {{ adapter.dispatch('protect_mart')() }}
{%- endmacro %}

{% macro postgres__protect_mart() -%}
    {%- if not is_incremental() -%}
        select ops.protect_mart('{{ this }}')
    {%- endif -%}
{%- endmacro %}

{# A file is read by who may read the file. #}
{% macro duckdb__protect_mart() -%}
{%- endmacro %}
