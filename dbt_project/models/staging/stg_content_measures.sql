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
    has_date
from measures
