{# Texts that strangers choose would make rows without end. Of each day, the most frequent keep rows of their own, and all
   others share one that says so. What is counted stays whole; ties go by the text, so that each build has the same. #}

{# The place of a row of counts among those of `per`, from 1; those of `first` come before all others. `numbers` tell rows
   apart that have the same texts; rows that have the same of all share a place where `function` is dense_rank. #}
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
