{# A type of event that Dogear itself knows, not one that a site has named. #}
{% macro is_built_in(event_type) -%}
    ({{ event_type }} in ('page_view', 'click', 'session') or {{ is_attention(event_type) }})
{%- endmacro %}
