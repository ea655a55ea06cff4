{# How the engine shall plan a model. #}
{% macro plan_for_days() -%}
    {{ adapter.dispatch('plan_for_days')() }}
{%- endmacro %}

{# Models join days as a whole, and for that a nested loop is never right; PostgreSQL would choose one where it takes columns
   that go together, as those of a session do, for independent, or knows nothing yet of a day that has just come in. And a
   day's visitors are grouped in memory. #}
{% macro postgres__plan_for_days() -%}
    set local enable_nestloop = off; set local work_mem = '256MB'
{%- endmacro %}

{% macro duckdb__plan_for_days() -%}
{%- endmacro %}
