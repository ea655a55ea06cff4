{# How certain a mean is: sums, squares and counts of days, added up. #}

{# Standard error of the mean; NULL for fewer than two values. #}
{% macro standard_error(total, squares, times) -%}
    sqrt(
        greatest(
            {{ exact_sum_of_squares(squares) }} - {{ exact_sum(total) }} * {{ exact_sum(total) }} / nullif(sum({{ times }}), 0), 0
        )
        / nullif(sum({{ times }}) - 1, 0) / nullif(sum({{ times }}), 0)
    )
{%- endmacro %}

{# Standard error of the difference of two means, each with its own. #}
{% macro joint_error(one, other) -%}
    sqrt({{ one }} * {{ one }} + {{ other }} * {{ other }})
{%- endmacro %}

{# One end of Wilson's 95 % interval of a share: `side` is - or +. https://doi.org/10.1080/01621459.1927.10502953 #}
{% macro wilson(hits, times, side) -%}
    (
        {{ hits }} + 1.9207 {{ side }} 1.96 * sqrt(
            cast({{ hits }} as double precision) * ({{ times }} - {{ hits }}) / nullif({{ times }}, 0) + 0.9604
        )
    ) / nullif({{ times }} + 3.8416, 3.8416)
{%- endmacro %}

{# The verdict on a change: none below 30 cases on each side, nor within 1.96 standard errors (95 %). #}
{% macro verdict(change, error, cases) -%}
    case
        when {{ change }} is null then null
        when {{ cases }} < 30 then 'too few'
        when abs({{ change }}) <= 1.96 * {{ error }} then 'no clear change'
        when {{ change }} > 0 then 'up'
        else 'down'
    end
{%- endmacro %}
