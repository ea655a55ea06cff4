{{ config(materialized='ephemeral') }}

with

pages as (
    select * from {{ ref('int_viewed_pages') }}
),

documents as (
    select
        *,
        -- If two documents have one path, the current document counts, then the one that had it last, then the first
        -- by file name.
        row_number() over (
            partition by user_code, site, path
            order by precedence asc, last_at desc nulls first, {{ by_bytes('file_path') }} asc, content_id asc
        ) as choice
    from {{ ref('stg_content_paths') }}
),

entities as (
    select
        pages.event_day,
        pages.user_code,
        pages.site,
        pages.page_path,
        pages.path,
        pages.is_seen_after_midnight,
        documents.content_type,
        documents.content_id,
        documents.content_id is not null as is_document,
        sum(pages.page_views) over (
            partition by pages.event_day, pages.user_code, pages.site, pages.path
        ) as page_views
    from pages
    left join documents
        on
            pages.user_code = documents.user_code
            and pages.site = documents.site
            and pages.path = documents.path
            and documents.choice = 1
),

-- Anybody may request any number of paths that belong to no document. Documents always have rows of their own.
placed as (
    select
        *,
        {{ place_by_count(
            'event_day, user_code, site, is_document', 'page_views', ['path'], function='dense_rank'
        ) }} as place
    from entities
)

select
    event_day,
    user_code,
    site,
    page_path,
    is_seen_after_midnight,
    coalesce(content_type, 'page') as entity_type,
    case when is_document then content_id else {{ or_other('path') }} end as entity_id
from placed
