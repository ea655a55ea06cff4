{{ config(materialized='view') }}

with

items as (
    select * from {{ ref('stg_content_items') }}
),

measures as (
    select * from {{ ref('int_content_scores') }}
),

versions as (
    select
        site,
        content_id,
        count(*) as versions,
        count(distinct author_name) as authors,
        min(authored_at) as first_committed_at,
        max(authored_at) as last_committed_at
    from {{ ref('stg_content_versions') }}
    group by site, content_id
),

broken as (
    select
        cast(content_id as text) as content_id,
        count(*) as broken_links
    from {{ source('content', 'broken_links') }}
    group by content_id
)

select
    items.content_id,
    items.site,
    items.user_code,
    items.content_type,
    items.title,
    items.url_path,
    items.file_path,
    items.is_draft,
    items.published_at,
    measures.language_code,
    measures.word_count,
    measures.reading_minutes,
    measures.readability,
    measures.entity_count,
    measures.heading_count,
    measures.image_count,
    measures.images_without_text,
    measures.internal_link_count,
    measures.external_link_count,
    coalesce(broken.broken_links, 0) as broken_links,
    coalesce(versions.versions, 0) as versions,
    coalesce(versions.authors, 0) as authors,
    versions.first_committed_at,
    versions.last_committed_at,
    {%- for part in quality_parts() %}
    measures.{{ part }},
    {%- endfor %}
    measures.quality_score
from items
left join measures on items.site = measures.site and items.content_hash = measures.content_hash
left join versions on items.site = versions.site and items.content_id = versions.content_id
left join broken on items.content_id = broken.content_id
