-- Do the marts hold what people did? For each day that is built and not stale, every figure that differs in the marts
-- than in raw.events. One statement, so that all of it is of one moment; the first and the last day are parameters, so
-- that no other partition is opened.
with

days as (
    select built.day
    from marts.built_days as built
    inner join (
        select day, sum(events) as events
        from raw.day_counts
        where day between %(first)s and %(last)s
        group by day
    ) as counts
        on built.day = counts.day and built.events = counts.events
    -- Days that have left PostgreSQL, with their events or only with their detail, cannot be counted here; the lake's copy
    -- has a check of its own.
    where not exists (
        select from lake.days as left_days where left_days.day = built.day and left_days.left_at is not null
    )
),

events as (
    select
        (occurred_at at time zone 'UTC')::date as day,
        user_code,
        site,
        case
            when event_type in ('page_view', 'click') then event_type
            when event_type not in ('heartbeat', 'scroll', 'heatmap', 'session') then 'custom'
        end as kind,
        coalesce(account_id, client_visitor_id, anonymous_id::text, 'session ' || client_session_id) as visitor_id
    from raw.events
    where
        not is_bot
        and occurred_at >= %(first)s::date::timestamp at time zone 'UTC'
        and occurred_at < (%(last)s::date + 1)::timestamp at time zone 'UTC'
),

-- By visitor first: PostgreSQL sorts for count(distinct), and hashes for this.
visitors as (
    select
        day,
        user_code,
        site,
        visitor_id,
        count(*) as events,
        count(*) filter (where kind = 'page_view') as page_views,
        count(*) filter (where kind = 'click') as clicks,
        count(*) filter (where kind = 'custom') as custom_events
    from events
    group by day, user_code, site, visitor_id
),

raw_counts as (
    select
        day,
        sum(events) as events,
        sum(page_views) as page_views,
        sum(clicks) as clicks,
        sum(custom_events) as custom_events,
        count(*) filter (where page_views > 0) as visitors
    from visitors
    group by day
),

counts_in_raw as (
    select raw_counts.day, counted.what, counted.times
    from raw_counts
    cross join lateral (
        values
        ('events', events), ('page views', page_views), ('clicks', clicks), ('custom events', custom_events),
        ('visitors', visitors)
    ) as counted (what, times)
),

counts_in_marts as (
    select day, 'raw.day_counts' as place, 'events' as what, sum(events) as times
    from raw.day_counts
    where day between %(first)s and %(last)s
    group by day
    union all
    select day, 'marts.built_days', 'events', events
    from marts.built_days
    union all
    select view_day, 'marts.analytics_page_views', 'page views', count(*)
    from marts.analytics_page_views
    where view_day between %(first)s and %(last)s
    group by view_day
    union all
    select click_day, 'marts.analytics_clicks', 'clicks', count(*)
    from marts.analytics_clicks
    where click_day between %(first)s and %(last)s
    group by click_day
    union all
    select event_day, 'marts.analytics_custom_events', 'custom events', count(*)
    from marts.analytics_custom_events
    where event_day between %(first)s and %(last)s
    group by event_day
    union all
    select date, 'marts.analytics_daily_sites', summed.what, sum(summed.times)
    from marts.analytics_daily_sites
    cross join lateral (
        values ('events', events), ('page views', page_views), ('clicks', clicks), ('visitors', visitors)
    ) as summed (what, times)
    where date between %(first)s and %(last)s
    group by date, summed.what
    union all
    select date, 'marts.analytics_daily_user_stats', summed.what, sum(summed.times)
    from marts.analytics_daily_user_stats
    cross join lateral (values ('page views', total_page_views), ('clicks', total_clicks)) as summed (what, times)
    where date between %(first)s and %(last)s
    group by date, summed.what
    union all
    select date, 'marts.analytics_aggregates', summed.what, sum(summed.times)
    from marts.analytics_aggregates
    cross join lateral (values ('page views', total_views), ('visitors', unique_visitors)) as summed (what, times)
    where date between %(first)s and %(last)s and entity_type = 'site' and hour is null
    group by date, summed.what
),

-- A place that lacks a day altogether has no row above.
wanted as (
    select days.day, places.place, places.what
    from days
    cross join (
        values
        ('raw.day_counts', 'events'),
        ('marts.built_days', 'events'),
        ('marts.analytics_page_views', 'page views'),
        ('marts.analytics_clicks', 'clicks'),
        ('marts.analytics_custom_events', 'custom events'),
        ('marts.analytics_daily_sites', 'events'),
        ('marts.analytics_daily_sites', 'page views'),
        ('marts.analytics_daily_sites', 'clicks'),
        ('marts.analytics_daily_sites', 'visitors'),
        ('marts.analytics_daily_user_stats', 'page views'),
        ('marts.analytics_daily_user_stats', 'clicks'),
        ('marts.analytics_aggregates', 'page views'),
        ('marts.analytics_aggregates', 'visitors')
    ) as places (place, what)
),

differences as (
    select
        wanted.day,
        wanted.place,
        wanted.what,
        coalesce(counts_in_raw.times, 0)::bigint as in_raw_events,
        coalesce(counts_in_marts.times, 0)::bigint as found
    from wanted
    left join counts_in_raw on wanted.day = counts_in_raw.day and wanted.what = counts_in_raw.what
    left join counts_in_marts
        on
            wanted.day = counts_in_marts.day
            and wanted.place = counts_in_marts.place
            and wanted.what = counts_in_marts.what
    where coalesce(counts_in_raw.times, 0) <> coalesce(counts_in_marts.times, 0)
)

-- One row in any case, for how many days were compared.
select looked_at.days, differences.*
from (select count(*) as days from days) as looked_at
left join differences on true
order by differences.day, differences.place, differences.what
