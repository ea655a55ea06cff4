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
    {{ canonical_path('page_path') }} as page_path
from goals
