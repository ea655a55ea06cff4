-- How many people came, and how did they read?
with page_views as (
    select
        count(*) as page_views,
        count(distinct visitor_id) as visitors
    from marts.analytics_page_views
    where site = %(site)s and view_day between %(first)s and %(last)s
),

sessions as (
    select
        count(*) as sessions,
        100.0 * avg(is_bounce::integer) filter (where page_views > 0) as bounce_percent,
        percentile_cont(0.5) within group (order by duration_seconds) filter (where page_views > 1)
            as median_seconds_without_bounces
    from marts.analytics_sessions
    where site = %(site)s and session_day between %(first)s and %(last)s
)

select
    visitors,
    sessions,
    page_views,
    bounce_percent::double precision,
    median_seconds_without_bounces::double precision
from page_views, sessions
