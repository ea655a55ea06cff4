{# What the marts of breakdowns have in common: one row per value of a dimension. A dimension is a column of the rows that are
   counted, and the columns of what its value lies in, the widest first. Dimensions of one family are correlated: their
   combinations are few, so these are counted in one scan of the rows, and each value from them. #}

{# The columns of a family, each once. #}
{% macro columns_of(family) -%}
    {%- set found = [] -%}
    {%- for dimension in family.values() -%}
        {%- do found.extend([dimension.value] + dimension.get('within', [])) -%}
    {%- endfor -%}
    {{ return(found | unique | list) }}
{%- endmacro %}

{# For `group by`: one grouping set per family. #}
{% macro sets_of(families) -%}
    grouping sets (
        {%- for family in families %}({{ columns_of(family) | join(', ') }}){{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}

{# The place among `families` of the set that made a row, from 1. #}
{% macro family_of_row(families) -%}
    case
        {%- for family in families %} when grouping({{ columns_of(family)[0] }}) = 0 then {{ loop.index }}{% endfor %} end
{%- endmacro %}

{# What a value lies in, as one text: country, or country/region; '' where nothing is known of it. Countries are two letters,
   so that the text can be read back. #}
{% macro within(columns) -%}
    {%- if columns -%}
        coalesce({{ columns[0] }}, '')
        {%- for column in columns[1:] %} || coalesce('/' || nullif({{ column }}, ''), ''){% endfor %}
    {%- else -%}
        ''
    {%- endif -%}
{%- endmacro %}
