{{ config(materialized='view') }}

with

broken as (
    select * from {{ source('content', 'broken_links') }}
),

items as (
    select * from {{ ref('stg_content_items') }}
)

select
    broken.site,
    broken.user_code,
    items.content_id,
    items.title,
    items.url_path,
    broken.file_path,
    broken.position,
    broken.kind,
    broken.target,
    broken.link_text
from broken
inner join items on cast(broken.content_id as text) = items.content_id
