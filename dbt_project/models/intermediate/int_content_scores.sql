{{ config(materialized='ephemeral') }}

{%- set most = quality_parts() %}

with

measures as (
    select * from {{ ref('stg_content_measures') }}
),

judged as (
    select
        *,
        {{ points(most.title_points, 'case when has_title then 1 else 0 end') }} as title_points,
        {{ points(most.description_points, 'case when has_description then 1 else 0 end') }} as description_points,
        {{ points(most.tags_points, 'case when has_tags then 1 else 0 end') }} as tags_points,
        {{ points(most.date_points, 'case when has_date then 1 else 0 end') }} as date_points,
        {{ points(most.length_points, 'cast(word_count as double precision) / 300') }} as length_points,
        {{ points(
            most.structure_points,
            'case when word_count < 300 then 1 else cast(heading_count as double precision) * 300 / word_count end'
        ) }} as structure_points,
        {{ points(most.readability_points, '(65 - readability) / 20') }} as readability_points,
        {{ points(
            most.image_points, '1 - cast(images_without_text as double precision) / nullif(image_count, 0)'
        ) }} as image_points,
        {{ points(most.link_points, 'internal_link_count') }} as link_points
    from measures
)

select
    site,
    content_hash,
    language_code,
    word_count,
    reading_minutes,
    heading_count,
    image_count,
    images_without_text,
    internal_link_count,
    external_link_count,
    readability,
    entity_count,
    {%- for part in most %}
    {{ part }},
    {%- endfor %}
    {{ quality_score() }} as quality_score
from judged
