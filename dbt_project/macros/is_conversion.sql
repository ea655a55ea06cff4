{# An event that makes a session engaged: one of the types that the project names. #}
{% macro is_conversion(event_type) -%}
    {%- set types = var('conversion_event_types') -%}
    {%- if types -%} {{ event_type }} in ('{{ types | join("', '") }}') {%- else -%} false {%- endif -%}
{%- endmacro %}
