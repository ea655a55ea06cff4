create or replace function analytics.overview() returns jsonb
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
            and days.date > analytics.today() - 30
        group by days.site
    ) as sites
$$;
comment on function analytics.overview is
'For analytics.get_cached_content: an array with one object per site that was visited on the site''s last 30 days, today included: {site, page_views, entries (sessions that began with a page view), last_day}.';
