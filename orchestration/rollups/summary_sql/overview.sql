-- How many people came, and how did they read? The median is of sessions one by one: NULL where some have left for the lake.
with visitors as (
    select count(distinct visitor_key) as visitors
    from marts.visitor_sets
    cross join lateral unnest(visitor_keys) as keys (visitor_key)
    where entity_type = 'site' and site = %(site)s and day between %(first)s and %(last)s
),

page_views as (
    select
        sum(total_views)::bigint as page_views,
        100.0 * sum(bounces) / nullif(sum(entries), 0) as bounce_percent
    from marts.analytics_aggregates
    where entity_type = 'site' and hour is null and site = %(site)s and date between %(first)s and %(last)s
),

days as (
    select sum(sessions)::bigint as sessions
    from marts.analytics_daily_sites
    where site = %(site)s and date between %(first)s and %(last)s
),

sessions as (
    select
        count(*) as sessions,
        percentile_cont(0.5) within group (order by duration_seconds) filter (where page_views > 1) as median_seconds
    from marts.analytics_sessions
    where site = %(site)s and session_day between %(first)s and %(last)s
)

select
    visitors.visitors,
    days.sessions,
    page_views.page_views,
    page_views.bounce_percent::double precision,
    (case when sessions.sessions = days.sessions then sessions.median_seconds end)::double precision
        as median_seconds_without_bounces
from visitors, page_views, days, sessions
