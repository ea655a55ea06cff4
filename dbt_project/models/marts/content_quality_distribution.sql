{{ config(materialized='view') }}

with

documents as (
    select
        *,
        case when quality_score >= 100 then 80 else floor(quality_score / 20) * 20 end as score_from
    from {{ ref('content_documents') }}
    where not is_draft and quality_score is not null
)

select
    site,
    user_code,
    content_type,
    cast(score_from as integer) as score_from,
    cast(score_from as integer) + 20 as score_to,
    count(*) as documents,
    {{ mean('word_count') }} as avg_word_count,
    cast(sum(broken_links) as bigint) as broken_links
from documents
group by site, user_code, content_type, score_from
