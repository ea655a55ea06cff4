{{ config(materialized='ephemeral') }}

with

versions as (
    select * from {{ source('content', 'content_versions') }}
)

select
    cast(content_id as text) as content_id,
    version_number,
    site,
    user_code,
    content_type,
    file_path,
    url_path,
    change_type,
    change_summary,
    title,
    content_hash,
    author_name,
    authored_at,
    commit_hash
from versions
