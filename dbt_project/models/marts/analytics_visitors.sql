{{
    config(
        indexes=[
            {'columns': ['user_code', 'site', 'entity_type', 'entity_id', 'visitor_id'], 'unique': true},
            {'columns': ['entity_id', 'last_visit']},
        ]
    )
}}

with

visits as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        visitor_id,
        account_id,
        page_views,
        first_viewed_at,
        last_viewed_at,
        seconds_on_page,
        timed_views,
        1 as days
    from {{ ref('visitor_days') }}
    {{ and_visits_of_days_that_left() }}
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
    cast(sum(days) as bigint) as days_visited
from visits
group by user_code, site, entity_type, entity_id, visitor_id
