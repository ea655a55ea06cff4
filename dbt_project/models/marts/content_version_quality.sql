{{ config(materialized='view') }}

with

versions as (
    select * from {{ ref('stg_content_versions') }}
),

measures as (
    select * from {{ ref('int_content_scores') }}
)

select
    versions.content_id,
    versions.version_number,
    versions.site,
    versions.user_code,
    versions.content_type,
    versions.title,
    versions.file_path,
    versions.change_type,
    versions.change_summary,
    versions.author_name,
    versions.authored_at,
    versions.commit_hash,
    measures.language_code,
    measures.word_count,
    measures.reading_minutes,
    measures.readability,
    measures.entity_count,
    measures.internal_link_count,
    measures.external_link_count,
    measures.quality_score,
    measures.word_count - lag(measures.word_count) over history as words_added,
    cast(measures.quality_score - lag(measures.quality_score) over history as numeric(5, 1)) as quality_gained
from versions
left join measures on versions.site = measures.site and versions.content_hash = measures.content_hash
window history as (partition by versions.site, versions.content_id order by versions.version_number)
