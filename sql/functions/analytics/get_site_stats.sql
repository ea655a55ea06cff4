create or replace function analytics.get_site_stats(in_site text, from_day date, to_day date, step text)
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
