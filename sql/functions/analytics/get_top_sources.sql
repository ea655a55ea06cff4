create or replace function analytics.get_top_sources(in_site text, from_day date, to_day date, most integer default 10)
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
'One row per source of the sessions that began on the site''s days of the range, the most frequent first, for one site.
channel: GA4''s default channel group. referrer: utm_source, else the host that led here; empty where neither is known. sessions, page_views: exact. engaged_rate, bounce_rate, conversion_rate: shares, 0 to 1, of these sessions.';
