{# How PostgreSQL shall plan a model. Models join days as a whole, and for that a nested loop is never right; it would choose
   one where it takes columns that go together, as those of a session do, for independent, or knows nothing yet of a day that
   has just come in. And a day's visitors are grouped in memory. #}
{% macro plan_for_days() -%}
    {%- if target.type == 'postgres' -%}
        set local enable_nestloop = off; set local work_mem = '256MB'
    {%- endif -%}
{%- endmacro %}
