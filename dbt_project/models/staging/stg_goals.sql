{{ config(materialized='ephemeral') }}

with

goals as (
    select * from {{ source('content', 'goals') }}
)

select
    site,
    goal,
    event_type,
    -- Without a path, any page will do.
    case when page_path is not null then {{ canonical_path('page_path') }} end as page_path
from goals
