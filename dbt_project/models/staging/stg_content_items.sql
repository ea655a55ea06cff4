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
    {{ canonical_path('url_path') }} as path,
    title,
    is_draft,
    published_at
from items
