{# Texts that strangers choose would give rows without limit. On each day the most frequent have own rows, and
   all others share one, (other). Sums stay complete; ties are broken by the text, so that each build is the same. #}

{# The place of a row of counts among those of `per`, from 1; those of `first` come before all others. `numbers`
   distinguish rows with the same texts; rows that are equal in all share a place if `function` is dense_rank. #}
{% macro place_by_count(per, count, texts, first=none, numbers=(), function='row_number') -%}
    {{ function }}() over (
        partition by {{ per }}
        order by
            {% if first %}case when {{ first }} then 0 else 1 end, {% endif -%}
            {{ count }} desc
            {%- for text in texts %}, {{ by_bytes(text) }}{% endfor %}
            {%- for number in numbers %}, {{ number }}{% endfor %}
    )
{%- endmacro %}

{% macro has_own_row(most='most_values') -%}
    place <= {{ var(most) }}
{%- endmacro %}

{# A text that has a row of its own, or the name of the row of all others. #}
{% macro or_other(text, most='most_values') -%}
    case when {{ has_own_row(most) }} then {{ text }} else '(other)' end
{%- endmacro %}
