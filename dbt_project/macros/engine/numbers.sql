{# Sums and quotients that are the same number, to the last bit, in each engine and for any order of the rows. #}

{# A sum of fractions, each to the millionth. Sums of floating-point numbers depend on the order, except for whole
   numbers: their sums are exact, up to 2^53, which is 285 years in millionths of a second. (PostgreSQL adds big
   integers as decimals, and takes twice as long.) #}
{% macro exact_sum(column) -%}
    (sum(cast(cast({{ column }} * 1000000 as bigint) as double precision)) / 1000000)
{%- endmacro %}

{# A sum of squares, each to the thousandth, since squares would exceed that limit. The square of a day's seconds fits
   in a million times; larger values, which only sums of many days reach, count as 9e15. (NULL stays NULL, unlike with
   `least`.) #}
{% macro exact_sum_of_squares(column) -%}
    (cast(sum(cast(case when {{ column }} > 9e15 then 9e15 else {{ column }} end * 1000 as bigint)) as double precision) / 1000)
{%- endmacro %}

{# The mean of whole numbers or decimals; avg would be a decimal in one engine and a fraction in the other. #}
{% macro mean(column) -%}
    (cast(sum({{ column }}) as double precision) / nullif(count({{ column }}), 0))
{%- endmacro %}

{# An array of numbers in ascending order. Within the aggregate that makes it, order by would sort all rows by the columns
   that they are grouped by. #}
{% macro sorted_numbers(numbers) -%}
    {{ adapter.dispatch('sorted_numbers')(numbers) }}
{%- endmacro %}

{% macro postgres__sorted_numbers(numbers) -%}
    (select array_agg(number order by number) from unnest({{ numbers }}) as number)
{%- endmacro %}

{% macro duckdb__sorted_numbers(numbers) -%}
    list_sort({{ numbers }})
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
