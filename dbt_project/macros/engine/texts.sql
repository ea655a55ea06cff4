{# Texts, and values derived from them. #}

{# Whether a regular expression is found in a text; a point matches a line's end too. #}
{% macro matches(text, pattern) -%}
    {{ adapter.dispatch('matches')(text, pattern) }}
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}', 's')
{%- endmacro %}

{# A text with a to z for A to Z. The result for other letters would depend on the locale of the server. #}
{% macro lower_ascii(text) -%}
    {{ adapter.dispatch('lower_ascii')(text) }}
{%- endmacro %}

{% macro postgres__lower_ascii(text) -%}
    lower({{ text }} collate "C") collate "default"
{%- endmacro %}

{% macro duckdb__lower_ascii(text) -%}
    translate({{ text }}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
{%- endmacro %}

{# How many bytes a text takes, as UTF-8. #}
{% macro bytes_in(text) -%}
    {{ adapter.dispatch('bytes_in')(text) }}
{%- endmacro %}

{% macro postgres__bytes_in(text) -%}
    octet_length({{ text }})
{%- endmacro %}

{% macro duckdb__bytes_in(text) -%}
    strlen({{ text }})
{%- endmacro %}

{# A text for sorting, or for max: byte by byte, and not by the language of the server. #}
{% macro by_bytes(text) -%}
    {{ adapter.dispatch('by_bytes')(text) }}
{%- endmacro %}

{% macro postgres__by_bytes(text) -%}
    {{ text }} collate "C"
{%- endmacro %}

{% macro duckdb__by_bytes(text) -%}
    {{ text }}
{%- endmacro %}

{# A UUID that is derived from the values of these expressions. #}
{% macro hashed_id(expressions) -%}
    cast(md5(concat_ws('|', {{ expressions | join(', ') }})) as uuid)
{%- endmacro %}

{# A number for the id of a visitor, the same in every engine and for ever: the first 60 bits of its MD5. #}
{% macro visitor_key(id) -%}
    {{ adapter.dispatch('visitor_key')(id) }}
{%- endmacro %}

{% macro postgres__visitor_key(id) -%}
    cast(cast('x' || left(md5({{ id }}), 15) as bit(60)) as bigint)
{%- endmacro %}

{% macro duckdb__visitor_key(id) -%}
    cast('0x' || left(md5({{ id }}), 15) as bigint)
{%- endmacro %}

{# A number for a text, the same within a build: shorter to sort by than the text. The number differs by engine. #}
{% macro short_key(text) -%}
    {{ adapter.dispatch('short_key')(text) }}
{%- endmacro %}

{% macro postgres__short_key(text) -%}
    hashtextextended({{ text }}, 0)
{%- endmacro %}

{% macro duckdb__short_key(text) -%}
    hash({{ text }})
{%- endmacro %}
