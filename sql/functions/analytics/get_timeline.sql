create or replace function analytics.get_timeline(in_site text, from_day date, to_day date)
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
