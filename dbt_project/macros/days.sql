{# The days that are being built: every model uses these macros to select the rows that belong to them. #}

{# The site's day that it is now. #}
{% macro today() -%}
    {{ utc_day('current_timestamp') }}
{%- endmacro %}

{# Rows whose day, the site's, in a date column, is one of them, or one of the `before` and `after` days around. #}
{% macro in_days(column, before=0, after=0) -%}
    {%- if var('from_day') -%}
        {{ column }} between date '{{ var("from_day") }}' - {{ before }} and date '{{ var("to_day") }}' + {{ after }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Rows whose week or month, as date_trunc names it, contains a day that is built. #}
{% macro in_periods(period, column) -%}
    {%- if var('from_day') -%}
        {{ column }} >= cast(date_trunc('{{ period }}', timestamp '{{ var("from_day") }}') as date)
        and {{ column }} < cast(
            date_trunc('{{ period }}', timestamp '{{ var("to_day") }}') + interval '1 {{ period }}' as date
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Rows whose instant lies on one of them, or on one of the `before` and `after` days around. The bounds can be computed
   while the query is planned, so that only the partitions of those days are opened. #}
{% macro at_days(column, before=0, after=0) -%}
    {%- if var('from_day') -%}
        {{ column }} >= (timestamp '{{ var("from_day") }}' - interval '{{ before }} days') at time zone 'UTC'
        and {{ column }} < (timestamp '{{ var("to_day") }}' + interval '{{ after + 1 }} days') at time zone 'UTC'
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
