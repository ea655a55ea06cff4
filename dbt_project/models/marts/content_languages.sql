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
    cast(sum(word_count) as bigint) as word_count,
    {{ exact_sum('readability') }} / nullif(count(readability), 0) as avg_readability,
    {{ mean('quality_score') }} as avg_quality_score,
    cast(count(*) as double precision) / sum(count(*)) over (partition by site, user_code) as share_of_documents
from documents
group by site, user_code, language_code
