{# A sign that somebody looks at a page: not an act, so no session begins with it. #}
{% macro is_attention(event_type) -%}
    {{ event_type }} in ('heartbeat', 'scroll', 'heatmap')
{%- endmacro %}
