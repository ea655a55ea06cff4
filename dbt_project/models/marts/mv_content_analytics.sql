{{
    config(
        indexes=[{'columns': ['user_code', 'site', 'content_type', 'content_id'], 'unique': true}]
    )
}}

with

metrics as (
    select * from {{ ref('content_metrics') }}
    where metric_date between {{ today() }} - 29 and {{ today() }}
),

-- A visitor who reads on several days is one visitor.
visitor_keys as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        unnest(visitor_keys) as visitor_key
    from {{ ref('visitor_sets') }}
    where entity_type not in ('page', 'site') and day between {{ today() }} - 29 and {{ today() }}
),

visitors as (
    select
        user_code,
        site,
        entity_type as content_type,
        entity_id as content_id,
        count(distinct visitor_key) as unique_visitors
    from visitor_keys
    group by user_code, site, entity_type, entity_id
),

items as (
    select * from {{ ref('stg_content_items') }}
),

sums as (
    select
        user_code,
        site,
        content_type,
        content_id,
        max(metric_date) as last_read_on,
        cast(sum(total_views) as bigint) as total_views,
        {{ exact_sum('seconds_on_page') }} / nullif(sum(timed_views), 0) as avg_time_on_page,
        cast(sum(bounces) as double precision) / nullif(sum(entries), 0) as bounce_rate,
        cast(sum(total_clicks) as bigint) as total_clicks,
        cast(sum(social_shares) as bigint) as social_shares,
        cast(sum(comments) as bigint) as comments,
        cast(sum(likes) as bigint) as likes,
        cast(sum(organic_views) as bigint) as organic_views,
        cast(sum(social_views) as bigint) as social_views,
        cast(sum(direct_views) as bigint) as direct_views,
        cast(sum(referral_views) as bigint) as referral_views,
        cast(sum(email_views) as bigint) as email_views,
        cast(sum(paid_views) as bigint) as paid_views,
        cast(sum(other_views) as bigint) as other_views
    from metrics
    group by user_code, site, content_type, content_id
)

select
    sums.user_code,
    sums.site,
    sums.content_type,
    sums.content_id,
    items.title,
    items.url_path,
    {{ today() }} - 29 as first_day,
    {{ today() }} as last_day,
    sums.last_read_on,
    sums.total_views,
    coalesce(visitors.unique_visitors, 0) as unique_visitors,
    sums.avg_time_on_page,
    sums.bounce_rate,
    sums.total_clicks,
    sums.social_shares,
    sums.comments,
    sums.likes,
    sums.organic_views,
    sums.social_views,
    sums.direct_views,
    sums.referral_views,
    sums.email_views,
    sums.paid_views,
    sums.other_views
from sums
left join visitors
    on
        sums.user_code = visitors.user_code
        and sums.site = visitors.site
        and sums.content_type = visitors.content_type
        and sums.content_id = visitors.content_id
left join items on sums.site = items.site and sums.content_id = items.content_id
