{# What PostgreSQL and DuckDB, or another engine one day, may say differently. #}

{% macro utc_day(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}

{% macro utc_hour(instant) -%}
    cast(extract(hour from {{ instant }} at time zone 'UTC') as smallint)
{%- endmacro %}

{% macro seconds(duration) -%}
    cast(extract(epoch from {{ duration }}) as double precision)
{%- endmacro %}

{# A sum of fractions, to the millionth. Floating-point numbers would give another sum in another order of the rows. #}
{% macro exact_sum(column) -%}
    (cast(sum(cast(round({{ column }} * 1000000) as bigint)) as double precision) / 1000000)
{%- endmacro %}

{# A UUID that follows from the values of these expressions. #}
{% macro hashed_id(expressions) -%}
    cast(md5(concat_ws('|', {{ expressions | join(', ') }})) as uuid)
{%- endmacro %}

{# A number for a text, the same within a query: shorter to sort by than the text. #}
{% macro short_key(text) -%}
    hashtextextended({{ text }}, 0)
{%- endmacro %}

{# The value of the first event of a session for which there is one. No ordered aggregate, for which PostgreSQL would sort
   all events. #}
{% macro first_known(column, number='event_number', condition=none) -%}
    (min(
        case when {{ condition or column ~ ' is not null' }} then array[lpad(cast({{ number }} as text), 10, '0'), {{ column }}] end
    ))[2]
{%- endmacro %}

{# The value of the last event of a session for which there is one. #}
{% macro last_known(column, number='event_number', condition=none) -%}
    (max(
        case when {{ condition or column ~ ' is not null' }} then array[lpad(cast({{ number }} as text), 10, '0'), {{ column }}] end
    ))[2]
{%- endmacro %}

{# The first instant of a UTC day. #}
{% macro start_of(day) -%}
    (cast({{ day }} as timestamp) at time zone 'UTC')
{%- endmacro %}

{# Joins the name and the text of each property of a flat JSON object, as `property` and `value`. #}
{% macro each_property(object, name) -%}
    cross join lateral jsonb_each_text({{ object }}) as {{ name }} (property, value)
{%- endmacro %}
