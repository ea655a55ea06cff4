create or replace function analytics.get_breakdown(
    in_site text, dimension text, from_day date, to_day date, most integer default 10
)
returns table (
    value text,
    within text,
    sessions bigint,
    page_views bigint,
    engaged_rate double precision,
    bounce_rate double precision,
    conversion_rate double precision
)
language sql stable parallel safe rows 10 as $$
    select
        days.value,
        days.within,
        sum(days.sessions)::bigint as sessions,
        sum(days.page_views)::bigint,
        sum(days.engaged_sessions)::double precision / nullif(sum(days.sessions), 0)::double precision,
        sum(days.bounces)::double precision / nullif(sum(days.sessions), 0)::double precision,
        sum(days.converting_sessions)::double precision / nullif(sum(days.sessions), 0)::double precision
    from marts.analytics_daily_breakdowns as days
    where
        days.site = get_breakdown.in_site
        and days.dimension = get_breakdown.dimension
        and days.date between get_breakdown.from_day and get_breakdown.to_day
        and analytics.check_dimension(get_breakdown.dimension)
        and analytics.check_range(get_breakdown.from_day, get_breakdown.to_day)
    group by days.value, days.within
    order by sessions desc, days.value, days.within
    limit analytics.check_most(get_breakdown.most)
$$;
comment on function analytics.get_breakdown is
'One row per value of a dimension of the sessions that began on the site''s days of the range (UTC), the most frequent first, for one site.
dimension: country, region, city, device, browser, os, language, screen, host, utm_source, utm_medium, utm_campaign, utm_term, utm_content, entry_page or exit_page. value: empty where it is unknown; (other) for those that were not among the 1000 of their day; of a page its id. within: the country of a region, country and region of a city, the content type of a page. sessions, page_views: exact. engaged_rate, bounce_rate, conversion_rate: shares, 0 to 1, of these sessions.';
