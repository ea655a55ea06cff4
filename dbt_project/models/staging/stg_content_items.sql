{{ config(materialized='ephemeral') }}

with

items as (
    select * from {{ source('content', 'items') }}
)

select
    cast(content_id as text) as content_id,
    site,
    user_code,
    content_type,
    file_path,
    url_path,
    title,
    content_hash,
    is_draft,
    published_at
from items
