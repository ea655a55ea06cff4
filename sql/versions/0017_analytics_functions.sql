-- Functions over the marts, for analysts and serving alike, and the table of what is kept for a while.

-- dbt makes the marts later, and anew at will: bodies are bound when they are called.
set local check_function_bodies = off;

create schema if not exists ops;
create schema analytics;
comment on schema analytics is 'Functions over the marts: questions that people ask often, answered right. docs/analysts.md';

create unlogged table ops.cache_entries (
    key text primary key,
    value jsonb not null,
    tags text [] not null default '{}',
    made_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index on ops.cache_entries using gin (tags);
create index on ops.cache_entries (expires_at);
comment on table ops.cache_entries is
'One row per answer that is kept for a while. Empty after a crash of the server; it fills again by itself.';
comment on column ops.cache_entries.key is 'What it answers. Of analytics.get_cached_content: sql:GENERATOR:KEY.';
comment on column ops.cache_entries.value is 'The answer.';
comment on column ops.cache_entries.tags is 'What it depends on: entries with a tag are dropped together.';
comment on column ops.cache_entries.made_at is 'When it was made.';
comment on column ops.cache_entries.expires_at is 'From then on it is made anew when it is asked for.';

create function analytics.check_range(from_day date, to_day date) returns boolean
language plpgsql immutable parallel safe as $$
begin
    if from_day is null or to_day is null then
        raise exception 'from_day and to_day must be given: the first and the last UTC day, such as 2026-03-01.'
            using errcode = 'invalid_parameter_value';
    end if;
    if to_day < from_day then
        raise exception 'to_day (%) lies before from_day (%).', to_day, from_day
            using errcode = 'invalid_parameter_value', hint = 'Both days belong to the range; one day is from X to X.';
    end if;
    if to_day >= from_day + interval '10 years' then
        raise exception 'The range from % to % is longer than 10 years, the longest that is answered.', from_day, to_day
            using errcode = 'invalid_parameter_value';
    end if;
    return true;
end
$$;
comment on function analytics.check_range is
'True for UTC days that a function here may be asked for; else an error that says what is allowed: first not after last, 10 years at most.';

create function analytics.check_most(most integer) returns integer
language plpgsql immutable parallel safe as $$
begin
    if most is null or most not between 1 and 100000 then
        raise exception 'most is %; it must be between 1 and 100000 rows.', coalesce(most::text, 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    return most;
end
$$;
comment on function analytics.check_most is 'most, where that many rows may be asked for: 1 to 100000; else an error that says so.';

create function analytics.unit_of(step text) returns text
language plpgsql immutable parallel safe as $$
begin
    if step is null or step not in ('daily', 'weekly', 'monthly') then
        raise exception 'There is no step %; there are: daily, weekly (from Monday), monthly.', coalesce(quote_literal(left(step, 40)), 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    return case step when 'daily' then 'day' when 'weekly' then 'week' else 'month' end;
end
$$;
comment on function analytics.unit_of is 'The period of a step, as date_trunc names it: day, week or month; an error for any other step.';

create function analytics.periods(from_day date, to_day date, step text)
returns table (period date, first_day date, last_day date)
language sql immutable parallel safe rows 60 as $$
    select
        starts::date,
        greatest(starts::date, periods.from_day),
        least((starts + ('1 ' || analytics.unit_of(periods.step))::interval)::date - 1, periods.to_day)
    from generate_series(
        date_trunc(analytics.unit_of(periods.step), periods.from_day::timestamp),
        periods.to_day::timestamp,
        ('1 ' || analytics.unit_of(periods.step))::interval
    ) as starts
    where analytics.check_range(periods.from_day, periods.to_day)
$$;
comment on function analytics.periods is
'One row per day, ISO week (from Monday) or month that the range touches: period is its first day; first_day to last_day are its days inside the range.';

create function analytics.get_entity_visitors(
    entity_type text, entity_id text, from_day date, to_day date, most integer default 100, in_site text default null
)
returns table (
    site text,
    visitor_id text,
    account_id text,
    visit_count bigint,
    first_visit timestamptz,
    last_visit timestamptz,
    avg_time_on_page double precision,
    days_visited bigint
)
language sql stable parallel safe rows 100 as $$
    with

    -- A day with enough visitors has all that are asked for on it or after it: days before need no look to find them.
    latest as (
        select days.site, days.visitor_id
        from marts.visitor_days as days
        where
            days.entity_type = get_entity_visitors.entity_type
            and days.entity_id = get_entity_visitors.entity_id
            and days.day between (
                select coalesce(max(busy.date), get_entity_visitors.from_day)
                from marts.analytics_aggregates as busy
                where
                    busy.entity_type = get_entity_visitors.entity_type
                    and busy.entity_id = get_entity_visitors.entity_id
                    and busy.hour is null
                    and busy.date between get_entity_visitors.from_day and get_entity_visitors.to_day
                    and (get_entity_visitors.in_site is null or busy.site = get_entity_visitors.in_site)
                    and busy.unique_visitors >= get_entity_visitors.most
            ) and get_entity_visitors.to_day
            and (get_entity_visitors.in_site is null or days.site = get_entity_visitors.in_site)
        group by days.site, days.visitor_id
        order by max(days.last_viewed_at) desc, days.site, days.visitor_id
        limit analytics.check_most(get_entity_visitors.most)
    )

    select
        days.site,
        days.visitor_id,
        max(days.account_id),
        sum(days.page_views)::bigint,
        min(days.first_viewed_at),
        max(days.last_viewed_at) as last_visit,
        sum(days.seconds_on_page)::double precision / nullif(sum(days.timed_views), 0)::double precision,
        count(distinct days.day)
    from marts.visitor_days as days
    inner join latest on days.site = latest.site and days.visitor_id = latest.visitor_id
    where
        days.entity_type = get_entity_visitors.entity_type
        and days.entity_id = get_entity_visitors.entity_id
        and days.day between get_entity_visitors.from_day and get_entity_visitors.to_day
        and analytics.check_range(get_entity_visitors.from_day, get_entity_visitors.to_day)
    group by days.site, days.visitor_id
    order by last_visit desc, days.site, days.visitor_id
$$;
comment on function analytics.get_entity_visitors is
'One row per visitor who viewed the entity on a UTC day of the range, the latest first, at most `most` (100).
visit_count: page views of it. first_visit, last_visit: of the range. avg_time_on_page: seconds, mean of the page views for which it is known, NULL where of none. days_visited: UTC days. account_id: NULL without one.
Exact. But a visitor without account or consent has another visitor_id on each day, and is one row a day.
entity_type and entity_id as in marts.visitor_days: a content type and content_id, page and a path, site and the site. in_site: only that site; name it where you have several.';

create function analytics.get_time_series_data(
    entity_type text, entity_id text, from_day date, to_day date, step text, in_site text default null
)
returns table (
    period date,
    first_day date,
    last_day date,
    total_views bigint,
    unique_visitors bigint,
    avg_time_on_page double precision,
    bounce_rate double precision
)
language sql stable parallel safe rows 60 as $$
    with

    -- The counts of days add up, but for visitors; those of one day are right.
    sums as (
        select
            date_trunc(analytics.unit_of(get_time_series_data.step), days.date::timestamp)::date as period,
            sum(days.total_views)::bigint as total_views,
            sum(days.unique_visitors)::bigint as visitors_of_days,
            sum(days.seconds_on_page)::double precision as seconds_on_page,
            sum(days.timed_views)::double precision as timed_views,
            sum(days.bounces)::double precision as bounces,
            sum(days.entries)::double precision as entries
        from marts.analytics_aggregates as days
        where
            days.entity_type = get_time_series_data.entity_type
            and days.entity_id = get_time_series_data.entity_id
            and days.hour is null
            and days.date between get_time_series_data.from_day and get_time_series_data.to_day
            and (get_time_series_data.in_site is null or days.site = get_time_series_data.in_site)
        group by 1
    ),

    visitors as (
        select visits.period, count(*) as unique_visitors
        from (
            select distinct
                date_trunc(analytics.unit_of(get_time_series_data.step), days.day::timestamp)::date as period,
                days.site,
                days.visitor_id
            from marts.visitor_days as days
            where
                analytics.unit_of(get_time_series_data.step) <> 'day'
                and days.entity_type = get_time_series_data.entity_type
                and days.entity_id = get_time_series_data.entity_id
                and days.day between get_time_series_data.from_day and get_time_series_data.to_day
                and (get_time_series_data.in_site is null or days.site = get_time_series_data.in_site)
        ) as visits
        group by visits.period
    )

    select
        periods.period,
        periods.first_day,
        periods.last_day,
        coalesce(sums.total_views, 0),
        case
            when analytics.unit_of(get_time_series_data.step) = 'day' then coalesce(sums.visitors_of_days, 0)
            else coalesce(visitors.unique_visitors, 0)
        end,
        sums.seconds_on_page / nullif(sums.timed_views, 0),
        sums.bounces / nullif(sums.entries, 0)
    from analytics.periods(get_time_series_data.from_day, get_time_series_data.to_day, get_time_series_data.step)
        as periods
    left join sums on periods.period = sums.period
    left join visitors on periods.period = visitors.period
    order by periods.period
$$;
comment on function analytics.get_time_series_data is
'One row per period of the range, those without visits too: a UTC day (step daily), an ISO week from Monday (weekly) or a month (monthly).
period: its first day. first_day, last_day: its days that were counted; the first and the last period are cut to the range.
total_views: page views. unique_visitors: different visitors of the whole period, exact, never a sum of days; a visitor without account or consent has another id on each day and counts on each. avg_time_on_page: seconds, mean of the page views for which it is known; NULL where of none. bounce_rate: share, 0 to 1, of the sessions that entered here and viewed one page; NULL where none entered here.
entity_type, entity_id, in_site: as for analytics.get_entity_visitors.';

create function analytics.get_live_stats(in_site text default null)
returns table (
    measured_at timestamptz,
    current_visitors bigint,
    recent_visitors bigint,
    last_seen_by_minute jsonb,
    top_pages jsonb
)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
    with

    -- An event may be ahead of this clock.
    recent as (
        select
            visitors.site,
            visitors.page_path,
            greatest(floor(extract(epoch from now() - visitors.last_seen_at) / 60), 0)::integer as minutes_ago
        from live.visitors
        where
            visitors.last_seen_at > now() - interval '30 minutes'
            and (get_live_stats.in_site is null or visitors.site = get_live_stats.in_site)
    ),

    minutes as (
        select ago, count(recent.minutes_ago) as visitors
        from generate_series(0, 29) as ago
        left join recent on ago = recent.minutes_ago
        group by ago
    ),

    pages as (
        select recent.site, recent.page_path, count(*) as visitors
        from recent
        where recent.minutes_ago < 5 and recent.page_path is not null
        group by recent.site, recent.page_path
        order by visitors desc, recent.site, recent.page_path
        limit 10
    )

    select
        now(),
        (select count(*) from recent where recent.minutes_ago < 5),
        (select count(*) from recent),
        (
            select jsonb_agg(jsonb_build_object('minutes_ago', ago, 'visitors', minutes.visitors) order by ago)
            from minutes
        ),
        (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object('site', pages.site, 'page_path', pages.page_path, 'visitors', pages.visitors)
                    order by pages.visitors desc, pages.site, pages.page_path
                ),
                '[]'
            )
            from pages
        )
$$;
comment on function analytics.get_live_stats is
'One row: who is on the site now (in_site; NULL: on all sites). It names no visitor.
current_visitors: did something in the last five minutes. recent_visitors: in the last thirty. last_seen_by_minute: these thirty minutes, the latest first, with the visitors whose last sign was in that minute: {minutes_ago, visitors}. top_pages: up to ten pages that current visitors viewed last: {site, page_path, visitors}.
Late by what the collector takes to load, about a second.';

create function analytics.get_site_stats(in_site text, from_day date, to_day date, step text)
returns table (
    period date,
    first_day date,
    last_day date,
    visitors bigint,
    page_views bigint,
    sessions bigint,
    events bigint,
    avg_time_on_page double precision,
    bounce_rate double precision,
    conversion_rate double precision
)
language sql stable parallel safe rows 60 as $$
    with

    sums as (
        select
            date_trunc(analytics.unit_of(get_site_stats.step), days.date::timestamp)::date as period,
            sum(days.sessions)::bigint as sessions,
            sum(days.events)::bigint as events,
            sum(days.converting_sessions)::double precision as converting_sessions
        from marts.analytics_daily_sites as days
        where
            days.site = get_site_stats.in_site
            and days.date between get_site_stats.from_day and get_site_stats.to_day
        group by 1
    )

    select
        views.period,
        views.first_day,
        views.last_day,
        views.unique_visitors,
        views.total_views,
        coalesce(sums.sessions, 0),
        coalesce(sums.events, 0),
        views.avg_time_on_page,
        views.bounce_rate,
        sums.converting_sessions / nullif(sums.sessions, 0)
    from analytics.get_time_series_data(
        'site', get_site_stats.in_site, get_site_stats.from_day, get_site_stats.to_day, get_site_stats.step,
        get_site_stats.in_site
    ) as views
    left join sums on views.period = sums.period
    order by views.period
$$;
comment on function analytics.get_site_stats is
'One row per period of the range (step: daily, weekly from Monday, monthly; as analytics.get_time_series_data has it), for one site.
visitors: different people who viewed a page, exact for the whole period. page_views. sessions: that began. events: of people, all types. avg_time_on_page: seconds. bounce_rate: share, 0 to 1, of the sessions with a page view that have one. conversion_rate: share, 0 to 1, of the sessions that reached a goal (content.goals). Averages and shares are NULL where there is nothing to divide by.';

create function analytics.get_property_values(
    in_site text, event_type text, properties text [], from_day date, to_day date, most integer
)
returns table (value text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select
        by_day.value,
        sum(by_day.event_count)::bigint as event_count,
        max(by_day.visitors)::bigint,
        sum(by_day.visitors)::bigint
    from (
        select days.value, days.date, sum(days.event_count) as event_count, sum(days.visitors) as visitors
        from marts.analytics_daily_properties as days
        where
            days.site = get_property_values.in_site
            and days.event_type = get_property_values.event_type
            and days.property = any(get_property_values.properties)
            and days.date between get_property_values.from_day and get_property_values.to_day
            and analytics.check_range(get_property_values.from_day, get_property_values.to_day)
        group by days.value, days.date
    ) as by_day
    group by by_day.value
    order by event_count desc, by_day.value
    limit analytics.check_most(get_property_values.most)
$$;
comment on function analytics.get_property_values is
'One row per value that a property (one of `properties`) of a custom event had, on UTC days of the range, the most frequent first.
event_count: exact. Visitors are counted a day at a time, so those of the range lie between visitors_at_least (the day with the most) and visitors_at_most (all days together); of one day both are right.';

create function analytics.get_top_themes(in_site text, from_day date, to_day date, most integer default 10)
returns table (theme text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select found.value, found.event_count, found.visitors_at_least, found.visitors_at_most
    from analytics.get_property_values(
        get_top_themes.in_site, 'theme', array['theme'], get_top_themes.from_day, get_top_themes.to_day,
        get_top_themes.most
    ) as found
    order by found.event_count desc, found.value
$$;
comment on function analytics.get_top_themes is
'One row per theme: value of the property theme of the custom event theme. Counts and their error: analytics.get_property_values.';

create function analytics.get_letters_by_type(in_site text, from_day date, to_day date, most integer default 10)
returns table (letter_type text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select found.value, found.event_count, found.visitors_at_least, found.visitors_at_most
    from analytics.get_property_values(
        get_letters_by_type.in_site, 'letter_generated', array['letter_type', 'type'],
        get_letters_by_type.from_day, get_letters_by_type.to_day, get_letters_by_type.most
    ) as found
    order by found.event_count desc, found.value
$$;
comment on function analytics.get_letters_by_type is
'One row per type of letter: value of the property letter_type (or type: send one of them) of the custom event letter_generated. Counts and their error: analytics.get_property_values.';

create function analytics.get_timeline(in_site text, from_day date, to_day date)
returns table (hour timestamptz, page_views bigint, visitors bigint, entries bigint)
language sql stable parallel safe rows 168 as $$
    with

    hours as (
        select
            (days.date + make_interval(hours => days.hour)) at time zone 'UTC' as hour,
            sum(days.total_views)::bigint as page_views,
            sum(days.unique_visitors)::bigint as visitors,
            sum(days.entries)::bigint as entries
        from marts.analytics_aggregates as days
        where
            days.entity_type = 'site'
            and days.entity_id = get_timeline.in_site
            and days.site = get_timeline.in_site
            and days.hour is not null
            and days.date between get_timeline.from_day and get_timeline.to_day
        group by 1
    )

    select
        starts at time zone 'UTC',
        coalesce(hours.page_views, 0),
        coalesce(hours.visitors, 0),
        coalesce(hours.entries, 0)
    from generate_series(
        get_timeline.from_day::timestamp, get_timeline.to_day + interval '23 hours', interval '1 hour'
    ) as starts
    left join hours on starts at time zone 'UTC' = hours.hour
    where analytics.check_range(get_timeline.from_day, get_timeline.to_day)
    order by starts
$$;
comment on function analytics.get_timeline is
'One row per UTC hour of the range, those without visits too (zeros), for one site.
hour: its begin. page_views. visitors: different people who viewed a page in that hour, exact; hours must not be added up. entries: sessions that began with a page view.';

create function analytics.get_heatmap(
    in_site text, entity_type text, entity_id text, from_day date, to_day date, device_type text default null
)
returns table (kind text, x_percent integer, y_band integer, points bigint)
language sql stable parallel safe rows 1000 as $$
    select days.kind::text, days.x_percent::integer, days.y_band::integer, sum(days.points)::bigint
    from marts.analytics_heatmap as days
    where
        days.site = get_heatmap.in_site
        and days.entity_type = get_heatmap.entity_type
        and days.entity_id = get_heatmap.entity_id
        and days.date between get_heatmap.from_day and get_heatmap.to_day
        and (get_heatmap.device_type is null or days.device_type = get_heatmap.device_type)
        and analytics.check_range(get_heatmap.from_day, get_heatmap.to_day)
    group by days.kind, days.x_percent, days.y_band
    order by days.kind, days.y_band, days.x_percent
$$;
comment on function analytics.get_heatmap is
'One row per spot of a page on which the pointer was: kind is move or click; x_percent 0 to 99, percent of the window''s width from the left; y_band pixels from the top of the page, in bands of 50; points: how often. Exact for what the tracker sent (data-heatmap; moves are sampled by it).
device_type: desktop, mobile, tablet, tv or console; NULL for all. A page that looks different by device is best seen by device.';

create function analytics.get_top_content(in_site text, from_day date, to_day date, most integer default 10)
returns table (
    entity_type text,
    entity_id text,
    title text,
    url_path text,
    total_views bigint,
    unique_visitors bigint,
    avg_time_on_page double precision,
    bounce_rate double precision
)
language sql stable parallel safe rows 10 as $$
    with

    top as (
        select
            days.entity_type,
            days.entity_id,
            sum(days.total_views)::bigint as total_views,
            sum(days.seconds_on_page)::double precision as seconds_on_page,
            sum(days.timed_views)::double precision as timed_views,
            sum(days.bounces)::double precision as bounces,
            sum(days.entries)::double precision as entries
        from marts.analytics_aggregates as days
        where
            days.site = get_top_content.in_site
            and days.entity_type <> 'site'
            and days.hour is null
            and days.date between get_top_content.from_day and get_top_content.to_day
            and analytics.check_range(get_top_content.from_day, get_top_content.to_day)
        group by days.entity_type, days.entity_id
        order by total_views desc, days.entity_type, days.entity_id
        limit analytics.check_most(get_top_content.most)
    )

    select
        top.entity_type,
        top.entity_id,
        documents.title,
        coalesce(documents.url_path, case when top.entity_type = 'page' then top.entity_id end),
        top.total_views,
        visitors.unique_visitors,
        top.seconds_on_page / nullif(top.timed_views, 0),
        top.bounces / nullif(top.entries, 0)
    from top
    left join marts.content_documents as documents
        on documents.site = get_top_content.in_site and top.entity_id = documents.content_id
    cross join lateral (
        select count(*) as unique_visitors
        from (
            select distinct days.visitor_id
            from marts.visitor_days as days
            where
                days.site = get_top_content.in_site
                and top.entity_type = days.entity_type
                and top.entity_id = days.entity_id
                and days.day between get_top_content.from_day and get_top_content.to_day
        ) as visits
    ) as visitors
    order by top.total_views desc, top.entity_type, top.entity_id
$$;
comment on function analytics.get_top_content is
'One row per document or page that was viewed on UTC days of the range, the most viewed first, at most `most` (10), for one site.
title: NULL for a page that is no document, or no longer. total_views: page views. unique_visitors: exact for the whole range. avg_time_on_page: seconds. bounce_rate: share, 0 to 1, of the sessions that entered there. NULL where there is nothing to divide by.';

create function analytics.get_top_sources(in_site text, from_day date, to_day date, most integer default 10)
returns table (
    channel text,
    traffic_source text,
    referrer text,
    sessions bigint,
    page_views bigint,
    engaged_rate double precision,
    bounce_rate double precision,
    conversion_rate double precision
)
language sql stable parallel safe rows 10 as $$
    select
        days.channel,
        days.traffic_source,
        days.referrer,
        sum(days.sessions)::bigint as sessions,
        sum(days.page_views)::bigint,
        sum(days.engaged_sessions)::double precision / nullif(sum(days.sessions), 0)::double precision,
        sum(days.bounces)::double precision / nullif(sum(days.sessions), 0)::double precision,
        sum(days.converting_sessions)::double precision / nullif(sum(days.sessions), 0)::double precision
    from marts.analytics_daily_sources as days
    where
        days.site = get_top_sources.in_site
        and days.date between get_top_sources.from_day and get_top_sources.to_day
        and analytics.check_range(get_top_sources.from_day, get_top_sources.to_day)
    group by days.channel, days.traffic_source, days.referrer
    order by sessions desc, days.channel, days.traffic_source, days.referrer
    limit analytics.check_most(get_top_sources.most)
$$;
comment on function analytics.get_top_sources is
'One row per source of the sessions that began on UTC days of the range, the most frequent first, for one site.
channel: GA4''s default channel group. referrer: utm_source, else the host that led here; empty where neither is known. sessions, page_views: exact. engaged_rate, bounce_rate, conversion_rate: shares, 0 to 1, of these sessions.';

create function analytics.overview() returns jsonb
language sql stable parallel safe as $$
    select coalesce(jsonb_agg(to_jsonb(sites) order by sites.site), '[]')
    from (
        select
            days.site,
            sum(days.total_views)::bigint as page_views,
            sum(days.entries)::bigint as entries,
            max(days.date) as last_day
        from marts.analytics_aggregates as days
        where
            days.entity_type = 'site'
            and days.hour is null
            and days.date > (now() at time zone 'UTC')::date - 30
        group by days.site
    ) as sites
$$;
comment on function analytics.overview is
'For analytics.get_cached_content: an array with one object per site that was visited on the last 30 UTC days, today included: {site, page_views, entries (sessions that began with a page view), last_day}.';

create function analytics.get_cached_content(key text, generator regprocedure, ttl interval) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    made_by regproc;
    entry_key text;
    lock_id bigint;
    found_value jsonb;
    found_expiry timestamptz;
begin
    select oid::regproc into made_by from pg_proc
    where
        oid = generator and pronamespace = 'analytics'::regnamespace and prokind = 'f'
        and pronargs = 0 and not proretset and prorettype = 'jsonb'::regtype;
    if made_by is null then
        raise exception 'generator is %; it must be a function of schema analytics without arguments that returns jsonb, such as analytics.overview().',
            coalesce(generator::text, 'NULL') using errcode = 'invalid_parameter_value';
    end if;
    if key is null or length(key) not between 1 and 200 then
        raise exception 'key must have 1 to 200 characters.' using errcode = 'invalid_parameter_value';
    end if;
    if ttl is null or ttl < interval '1 second' or ttl > interval '30 days' then
        raise exception 'ttl is %; it must be between 1 second and 30 days.', coalesce(ttl::text, 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    -- Keys of their own: nobody reads or replaces by this function what others keep.
    entry_key := format('sql:%s:%s', made_by, key);
    lock_id := hashtextextended(entry_key, 0);

    select value, expires_at into found_value, found_expiry from ops.cache_entries as entries where entries.key = entry_key;
    if found_expiry > clock_timestamp() then
        return found_value;
    end if;
    -- What cannot be kept, as on a replica, is made each time.
    if current_setting('transaction_read_only') = 'on' then
        execute format('select %s()', made_by) into found_value;
        return found_value;
    end if;
    if not pg_try_advisory_xact_lock(lock_id) then
        if found_value is not null then
            return found_value;
        end if;
        perform pg_advisory_xact_lock(lock_id);
    end if;
    -- Somebody may have made it before the lock was ours.
    select value, expires_at into found_value, found_expiry from ops.cache_entries as entries where entries.key = entry_key;
    if found_expiry > clock_timestamp() then
        return found_value;
    end if;

    execute format('select %s()', made_by) into found_value;
    found_value := coalesce(found_value, 'null');
    delete from ops.cache_entries as entries
    where entries.expires_at < clock_timestamp() - interval '1 day' and entries.key like 'sql:%' and entries.key <> entry_key;
    insert into ops.cache_entries as entries (key, value, tags, made_at, expires_at)
    values (entry_key, found_value, array[made_by::text], clock_timestamp(), clock_timestamp() + ttl)
    on conflict on constraint cache_entries_pkey do update
    set value = excluded.value, tags = excluded.tags, made_at = excluded.made_at, expires_at = excluded.expires_at;
    return found_value;
end
$$;
comment on function analytics.get_cached_content is
'What generator returned for this key (1 to 200 characters) less than ttl (1 second to 30 days) ago; else what it returns now, which is kept in ops.cache_entries.
generator: a function of schema analytics without arguments that returns jsonb, such as analytics.overview(); nothing else is called, and no text is run as SQL. It runs with the rights of who owns the functions.
One session makes a value at a time; others get the old one meanwhile, or wait where there is none.';

-- Rights are given by name (0018), not to everybody.
revoke execute on all functions in schema analytics from public;
