{{
    config(
        indexes=[
            {'columns': ['user_code', 'site', 'entity_type', 'entity_id', 'visitor_id'], 'unique': true},
            {'columns': ['entity_id', 'last_visit']},
        ]
    )
}}

with

visitor_days as (
    select * from {{ ref('visitor_days') }}
)

select
    user_code,
    site,
    entity_type,
    entity_id,
    visitor_id,
    max(account_id) as account_id,
    cast(sum(page_views) as bigint) as visit_count,
    min(first_viewed_at) as first_visit,
    max(last_viewed_at) as last_visit,
    {{ exact_sum('seconds_on_page') }} / nullif(sum(timed_views), 0) as avg_time_on_page,
    count(*) as days_visited
from visitor_days
group by user_code, site, entity_type, entity_id, visitor_id
