{{ config(materialized='ephemeral') }}

with

pages as (
    select distinct
        user_code,
        site,
        page_path
    from {{ ref('stg_events') }}
    where
        page_path is not null
        and not is_bot
        and {{ at_days('occurred_at', before=2, after=2) }}
),

documents as (
    select
        *,
        -- Of two documents that claim one path, the one that is there now is meant, then who had it last, then the
        -- first by file.
        row_number() over (
            partition by user_code, site, path
            order by precedence asc, last_at desc, file_path asc
        ) as choice
    from {{ ref('stg_content_paths') }}
),

canonical as (
    select
        *,
        {{ canonical_path('page_path') }} as path
    from pages
)

select
    canonical.user_code,
    canonical.site,
    canonical.page_path,
    coalesce(documents.content_type, 'page') as entity_type,
    coalesce(documents.content_id, canonical.path) as entity_id
from canonical
left join documents
    on
        canonical.user_code = documents.user_code
        and canonical.site = documents.site
        and canonical.path = documents.path
        and documents.choice = 1
