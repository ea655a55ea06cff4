{# Sums and quotients that are the same number, to the last bit, whatever engine adds and in whatever order of the rows. #}

{# A sum of fractions, each to the millionth. Floating-point numbers would give another sum in another order. Squares grow
   beyond what a whole number of millionths can hold: `parts=1000`. #}
{% macro exact_sum(column, parts=1000000) -%}
    (cast(sum(cast({{ column }} * {{ parts }} as bigint)) as double precision) / {{ parts }})
{%- endmacro %}

{# The mean of whole numbers or decimals; avg would be a decimal in one engine and a fraction in the other. #}
{% macro mean(column) -%}
    (cast(sum({{ column }}) as double precision) / nullif(count({{ column }}), 0))
{%- endmacro %}

{# How often one whole number goes into another. #}
{% macro whole_quotient(number, divisor) -%}
    {{ adapter.dispatch('whole_quotient')(number, divisor) }}
{%- endmacro %}

{% macro postgres__whole_quotient(number, divisor) -%}
    ({{ number }} / {{ divisor }})
{%- endmacro %}

{% macro duckdb__whole_quotient(number, divisor) -%}
    ({{ number }} // {{ divisor }})
{%- endmacro %}
