with

paths as (
    select * from {{ source('content', 'paths') }}
)

select
    cast(content_id as text) as content_id,
    site,
    user_code,
    content_type,
    file_path,
    {{ canonical_path('path') }} as path,
    kind,
    precedence,
    last_at
from paths
