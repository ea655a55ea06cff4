{# The rules of sessions that an installation may choose, from the environment, where Dogear puts them. #}

{% macro session_gap() -%}
    interval '{{ var("session_gap_minutes", env_var("DBT_SESSION_GAP_MINUTES", "30")) }} minutes'
{%- endmacro %}

{# All of them as one text, by which days that were built by other rules are found. #}
{% macro session_rules() -%}
    {{ env_var("DBT_SESSION_RULES", "") }}
{%- endmacro %}
