{# Joins the name and the text of each property of a flat JSON object, as `property` and `value`. #}
{% macro each_property(object, name) -%}
    {{ adapter.dispatch('each_property')(object, name) }}
{%- endmacro %}

{% macro postgres__each_property(object, name) -%}
    cross join lateral jsonb_each_text({{ object }}) as {{ name }} (property, value)
{%- endmacro %}

{# From the text as PostgreSQL wrote it: DuckDB's own functions would return 1.1 for 1.10. #}
{% macro duckdb__each_property(object, name) -%}
    {%- set text = '"(?:[^"\\\\]|\\\\.)*"' -%}
    {%- set pair = '(' ~ text ~ '): (' ~ text ~ '|[^",{}]+)' -%}
    cross join lateral (
        select
            json_extract_string(pair.property, '$') as property,
            case
                when pair.value = 'null' then null
                when starts_with(pair.value, '"') then json_extract_string(pair.value, '$')
                else pair.value
            end as value
        from (
            select
                unnest(regexp_extract_all(cast({{ object }} as varchar), '{{ pair }}', 1)) as property,
                unnest(regexp_extract_all(cast({{ object }} as varchar), '{{ pair }}', 2)) as value
        ) as pair
    ) as {{ name }}
{%- endmacro %}
