{# Instants and days. DuckDB's own arithmetic on instants with a time zone uses a calendar: it takes ten times as long,
   and a hundred times for a difference. #}

{% macro utc_day(instant) -%}
    {{ adapter.dispatch('utc_day')(instant) }}
{%- endmacro %}

{% macro postgres__utc_day(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}

{% macro duckdb__utc_day(instant) -%}
    cast(make_timestamp(epoch_us({{ instant }})) as date)
{%- endmacro %}

{% macro utc_hour(instant) -%}
    {{ adapter.dispatch('utc_hour')(instant) }}
{%- endmacro %}

{% macro postgres__utc_hour(instant) -%}
    cast(extract(hour from {{ instant }} at time zone 'UTC') as smallint)
{%- endmacro %}

{% macro duckdb__utc_hour(instant) -%}
    cast(extract(hour from make_timestamp(epoch_us({{ instant }}))) as smallint)
{%- endmacro %}

{# The first instant of a UTC day. #}
{% macro start_of(day) -%}
    (cast({{ day }} as timestamp) at time zone 'UTC')
{%- endmacro %}

{# Seconds from one instant to another, with their fractions. #}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between')(earlier, later) }}
{%- endmacro %}

{% macro postgres__seconds_between(earlier, later) -%}
    cast(extract(epoch from {{ later }} - {{ earlier }}) as double precision)
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    (cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double) / 1000000)
{%- endmacro %}

{# Seconds since 1970 as a text, with six places behind the point. #}
{% macro epoch_text(instant) -%}
    {{ adapter.dispatch('epoch_text')(instant) }}
{%- endmacro %}

{% macro postgres__epoch_text(instant) -%}
    cast(extract(epoch from {{ instant }}) as text)
{%- endmacro %}

{% macro duckdb__epoch_text(instant) -%}
    cast(cast(epoch_us({{ instant }}) as decimal(20, 0)) * 0.000001 as varchar)
{%- endmacro %}
