{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'date']}]) }}

with

sources as (
    select
        user_code,
        site,
        date,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(bounces) as bounces,
        sum(converting_sessions) as converting_sessions
    from {{ ref('analytics_daily_sources') }}
    where {{ in_days('date') }}
    group by user_code, site, date
),

events as (
    select
        user_code,
        site,
        date,
        sum(event_count) as events,
        sum(case when event_type = 'page_view' then event_count else 0 end) as page_views,
        sum(case when event_type = 'click' then event_count else 0 end) as clicks,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from {{ ref('analytics_daily_events') }}
    where {{ in_days('date') }}
    group by user_code, site, date
),

visitors as (
    select * from {{ ref('analytics_aggregates') }}
    where entity_type = 'site' and hour is null and {{ in_days('date') }}
)

select
    events.user_code,
    events.site,
    events.date,
    cast(events.events as bigint) as events,
    cast(events.page_views as bigint) as page_views,
    cast(events.clicks as bigint) as clicks,
    cast(coalesce(sources.sessions, 0) as bigint) as sessions,
    cast(coalesce(sources.engaged_sessions, 0) as bigint) as engaged_sessions,
    cast(coalesce(sources.bounces, 0) as bigint) as bounces,
    cast(coalesce(sources.converting_sessions, 0) as bigint) as converting_sessions,
    coalesce(visitors.unique_visitors, 0) as visitors,
    events.engaged_seconds
from events
left join sources
    on events.user_code = sources.user_code and events.site = sources.site and events.date = sources.date
left join visitors
    on events.user_code = visitors.user_code and events.site = visitors.site and events.date = visitors.date
