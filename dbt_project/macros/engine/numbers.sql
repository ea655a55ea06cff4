{# Sums and quotients that are the same number, to the last bit, whatever engine adds and in whatever order of the rows. #}

{# A sum of fractions, each to the millionth. Floating-point numbers would give another sum in another order, but for whole
   ones: of these each sum is exact, up to 2^53, which are 285 years in millionths of a second. (PostgreSQL adds big integers
   as decimals, and takes twice as long.) #}
{% macro exact_sum(column) -%}
    (sum(cast(cast({{ column }} * 1000000 as bigint) as double precision)) / 1000000)
{%- endmacro %}

{# A sum of squares, each to the thousandth: they grow beyond what is said above. The square of a day's seconds fits in a
   million times; more than that, which only sums of many days may be, counts as 9e15. (And NULL not, as it would for
   `least`.) #}
{% macro exact_sum_of_squares(column) -%}
    (cast(sum(cast(case when {{ column }} > 9e15 then 9e15 else {{ column }} end * 1000 as bigint)) as double precision) / 1000)
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
