{{
    config(
        day_column='day',
        partition_by_day=true,
        indexes=[{'columns': ['entity_id', 'visitor_id']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

page_views as (
    select * from {{ ref('int_page_views') }}
    where {{ in_days('view_day') }}
),

-- Each page, and the site as a whole, in one scan.
visitors as (
    select
        view_day as day,
        user_code,
        site,
        entity_type,
        entity_id,
        visitor_id,
        grouping(entity_id) = 1 as is_site,
        max(account_id) as account_id,
        count(*) as page_views,
        min(viewed_at) as first_viewed_at,
        max(viewed_at) as last_viewed_at,
        {{ exact_sum('time_on_page') }} as seconds_on_page,
        count(time_on_page) as timed_views
    from page_views
    group by view_day, user_code, site, visitor_id, grouping sets ((), (entity_type, entity_id))
)

select
    day,
    user_code,
    site,
    case when is_site then 'site' else entity_type end as entity_type,
    case when is_site then site else entity_id end as entity_id,
    visitor_id,
    account_id,
    page_views,
    first_viewed_at,
    last_viewed_at,
    seconds_on_page,
    timed_views
from visitors
-- A page view without a path counts only for the site.
where is_site or entity_id is not null
