{{
    config(
        day_column='metric_date',
        indexes=[{'columns': ['metric_date']}, {'columns': ['content_id', 'metric_date']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

aggregates as (
    select * from {{ ref('analytics_aggregates') }}
    where entity_type not in ('page', 'site') and hour is null and {{ in_days('date') }}
),

views as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        view_day as date,
        count(case when traffic_source = 'organic' then 1 end) as organic_views,
        count(case when traffic_source = 'social' then 1 end) as social_views,
        count(case when traffic_source = 'direct' then 1 end) as direct_views,
        count(case when traffic_source = 'referral' then 1 end) as referral_views,
        count(case when traffic_source = 'email' then 1 end) as email_views,
        count(case when traffic_source = 'paid' then 1 end) as paid_views,
        count(case when traffic_source = 'other' then 1 end) as other_views
    from {{ ref('analytics_page_views') }}
    where entity_type <> 'page' and {{ in_days('view_day') }}
    group by user_code, site, entity_type, entity_id, view_day
),

clicks as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        click_day as date,
        count(*) as total_clicks
    from {{ ref('analytics_clicks') }}
    where entity_type <> 'page' and {{ in_days('click_day') }}
    group by user_code, site, entity_type, entity_id, click_day
),

reactions as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        event_day as date,
        count(case when event_type = 'share' then 1 end) as social_shares,
        count(case when event_type = 'comment' then 1 end) as comments,
        count(case when event_type = 'like' then 1 end) as likes
    from {{ ref('analytics_custom_events') }}
    where entity_type <> 'page' and event_type in ('share', 'comment', 'like') and {{ in_days('event_day') }}
    group by user_code, site, entity_type, entity_id, event_day
),

days as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        date
    from aggregates

    union distinct

    select
        user_code,
        site,
        entity_type,
        entity_id,
        date
    from clicks

    union distinct

    select
        user_code,
        site,
        entity_type,
        entity_id,
        date
    from reactions
)

select
    days.user_code,
    days.site,
    days.entity_type as content_type,
    days.entity_id as content_id,
    days.date as metric_date,
    coalesce(aggregates.total_views, 0) as total_views,
    coalesce(aggregates.unique_visitors, 0) as unique_views,
    aggregates.seconds_on_page,
    coalesce(aggregates.timed_views, 0) as timed_views,
    aggregates.avg_time_on_page,
    coalesce(aggregates.entries, 0) as entries,
    coalesce(aggregates.bounces, 0) as bounces,
    aggregates.bounce_rate,
    coalesce(clicks.total_clicks, 0) as total_clicks,
    coalesce(reactions.social_shares, 0) as social_shares,
    coalesce(reactions.comments, 0) as comments,
    coalesce(reactions.likes, 0) as likes,
    coalesce(views.organic_views, 0) as organic_views,
    coalesce(views.social_views, 0) as social_views,
    coalesce(views.direct_views, 0) as direct_views,
    coalesce(views.referral_views, 0) as referral_views,
    coalesce(views.email_views, 0) as email_views,
    coalesce(views.paid_views, 0) as paid_views,
    coalesce(views.other_views, 0) as other_views
from days
left join aggregates
    on
        days.user_code = aggregates.user_code
        and days.site = aggregates.site
        and days.entity_type = aggregates.entity_type
        and days.entity_id = aggregates.entity_id
        and days.date = aggregates.date
left join views
    on
        days.user_code = views.user_code
        and days.site = views.site
        and days.entity_type = views.entity_type
        and days.entity_id = views.entity_id
        and days.date = views.date
left join clicks
    on
        days.user_code = clicks.user_code
        and days.site = clicks.site
        and days.entity_type = clicks.entity_type
        and days.entity_id = clicks.entity_id
        and days.date = clicks.date
left join reactions
    on
        days.user_code = reactions.user_code
        and days.site = reactions.site
        and days.entity_type = reactions.entity_type
        and days.entity_id = reactions.entity_id
        and days.date = reactions.date
