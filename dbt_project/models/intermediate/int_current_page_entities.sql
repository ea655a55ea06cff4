{{ config(materialized='ephemeral') }}

with

pages as (
    select * from {{ ref('int_viewed_pages') }}
),

documents as (
    select
        *,
        -- Of two documents that claim one path, the one that is there now is meant, then who had it last, then the
        -- first by file.
        row_number() over (
            partition by user_code, site, path
            order by precedence asc, last_at desc nulls first, {{ by_bytes('file_path') }} asc, content_id asc
        ) as choice
    from {{ ref('stg_content_paths') }}
)

select
    pages.event_day,
    pages.user_code,
    pages.site,
    pages.page_path,
    pages.is_entry_after_midnight,
    coalesce(documents.content_type, 'page') as entity_type,
    coalesce(documents.content_id, pages.path) as entity_id
from pages
left join documents
    on
        pages.user_code = documents.user_code
        and pages.site = documents.site
        and pages.path = documents.path
        and documents.choice = 1
