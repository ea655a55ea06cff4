{{ config(materialized='view') }}

with

documents as (
    select * from {{ ref('content_documents') }}
    where not is_draft
)

select
    site,
    user_code,
    language_code,
    count(*) as documents,
    sum(word_count) as word_count,
    avg(readability) as avg_readability,
    avg(quality_score) as avg_quality_score,
    count(*) * 1.0 / sum(count(*)) over (partition by site, user_code) as share_of_documents
from documents
group by site, user_code, language_code
