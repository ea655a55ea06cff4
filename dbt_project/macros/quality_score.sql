{# The quality score: its parts, and the most points of each. docs/quality-score.md says why. #}
{% macro quality_parts() -%}
    {{ return({
        'title_points': 10, 'description_points': 15, 'tags_points': 5, 'date_points': 5, 'length_points': 20,
        'structure_points': 15, 'readability_points': 15, 'image_points': 10, 'link_points': 5,
    }) }}
{%- endmacro %}

{# `most` times a share, which is clamped to 0 to 1; NULL if the share is NULL. #}
{% macro points(most, share) -%}
    cast({{ most }} * case when {{ share }} > 1 then 1 when {{ share }} < 0 then 0 else {{ share }} end as double precision)
{%- endmacro %}

{# The points that a text has, as a percentage of those that it could have, to the tenth. #}
{% macro quality_score() -%}
    cast(cast(floor(1000 * (
        {%- for part in quality_parts() %}
        coalesce({{ part }}, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    ) / nullif(
        {%- for part, most in quality_parts().items() %}
        case when {{ part }} is null then 0 else {{ most }} end{{ ' +' if not loop.last }}
        {%- endfor %}
    , 0) + 0.5) as integer) * 0.1 as numeric(4, 1))
{%- endmacro %}
