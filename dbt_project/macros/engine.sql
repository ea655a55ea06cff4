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

{# A UUID that follows from the values of these expressions. #}
{% macro hashed_id(expressions) -%}
    cast(md5(concat_ws('|', {{ expressions | join(', ') }})) as uuid)
{%- endmacro %}

{# The first value that is known, in the order of the session's events. #}
{% macro first_known(column) -%}
    (array_agg({{ column }} order by event_number) filter (where {{ column }} is not null))[1]
{%- endmacro %}

{# The last value that is known, in the order of the session's events. #}
{% macro last_known(column) -%}
    (array_agg({{ column }} order by event_number desc) filter (where {{ column }} is not null))[1]
{%- endmacro %}
