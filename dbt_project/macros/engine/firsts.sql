{# The value of the first event of a session for which there is one. #}
{% macro first_known(column, number='event_number', condition=none) -%}
    {{ adapter.dispatch('known')(column, number, condition or column ~ ' is not null', 'min') }}
{%- endmacro %}

{# The value of the last event of a session for which there is one. #}
{% macro last_known(column, number='event_number', condition=none) -%}
    {{ adapter.dispatch('known')(column, number, condition or column ~ ' is not null', 'max') }}
{%- endmacro %}

{# No ordered aggregate: PostgreSQL would sort all events once more for each. #}
{% macro postgres__known(column, number, condition, which) -%}
    ({{ which }}(
        case when {{ condition }} then array[lpad(cast({{ number }} as text), 10, '0'), {{ column }}] end
    ))[2]
{%- endmacro %}

{% macro duckdb__known(column, number, condition, which) -%}
    arg_{{ which }}_null({{ column }}, {{ number }}) filter (where {{ condition }})
{%- endmacro %}
