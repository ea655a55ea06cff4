{{ config(materialized='ephemeral') }}

with

measures as (
    select * from {{ source('content', 'measures') }}
)

select
    site,
    user_code,
    content_hash,
    language_code,
    word_count,
    reading_minutes,
    sentence_count,
    paragraph_count,
    heading_count,
    image_count,
    images_without_text,
    code_block_count,
    internal_link_count,
    external_link_count,
    readability,
    entity_count,
    has_title,
    has_description,
    has_tags,
    has_date,
    {{ points(10, 'case when has_title then 1 else 0 end') }} as title_points,
    {{ points(15, 'case when has_description then 1 else 0 end') }} as description_points,
    {{ points(5, 'case when has_tags then 1 else 0 end') }} as tags_points,
    {{ points(5, 'case when has_date then 1 else 0 end') }} as date_points,
    {{ points(20, 'cast(word_count as double precision) / 300') }} as length_points,
    {{ points(
        15, 'case when word_count < 300 then 1 else cast(heading_count as double precision) * 300 / word_count end'
    ) }} as structure_points,
    {{ points(15, '(65 - readability) / 20') }} as readability_points,
    {{ points(10, '1 - cast(images_without_text as double precision) / nullif(image_count, 0)') }} as image_points,
    {{ points(5, 'internal_link_count') }} as link_points
from measures
