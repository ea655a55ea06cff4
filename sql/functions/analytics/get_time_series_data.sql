-- The first period of a range may lack its first days, and the last one its last days: visitor_periods tells of both.
create or replace function analytics.get_time_series_data(
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

    known as (
        select
            spans.period,
            sum(case when spans.first_day = spans.period then ends.newcomers else ends.leavers end)::bigint
                as unique_visitors
        from analytics.periods(get_time_series_data.from_day, get_time_series_data.to_day, get_time_series_data.step)
            as spans
        inner join marts.visitor_periods as ends
            on spans.period = ends.period_start and ends.day between spans.first_day and spans.last_day
        where
            get_time_series_data.entity_type = 'site'
            and not analytics.is_inside_period(
                get_time_series_data.from_day, get_time_series_data.to_day, get_time_series_data.step
            )
            and ends.site = get_time_series_data.entity_id
            and ends.period = analytics.unit_of(get_time_series_data.step)
            and (get_time_series_data.in_site is null or ends.site = get_time_series_data.in_site)
        group by spans.period
    ),

    counted as (
        select visits.period, count(*) as unique_visitors
        from (
            select distinct
                date_trunc(analytics.unit_of(get_time_series_data.step), days.day::timestamp)::date as period,
                days.site,
                visitor_key
            from marts.visitor_sets as days
            cross join unnest(days.visitor_keys) as visitor_key
            where
                analytics.unit_of(get_time_series_data.step) <> 'day'
                and (
                    get_time_series_data.entity_type <> 'site'
                    or analytics.is_inside_period(
                        get_time_series_data.from_day, get_time_series_data.to_day, get_time_series_data.step
                    )
                )
                and days.entity_type = get_time_series_data.entity_type
                and days.entity_id = get_time_series_data.entity_id
                and days.day between get_time_series_data.from_day and get_time_series_data.to_day
                and (get_time_series_data.in_site is null or days.site = get_time_series_data.in_site)
        ) as visits
        group by visits.period
    ),

    visitors as (
        select known.period, known.unique_visitors from known
        union all
        select counted.period, counted.unique_visitors from counted
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
'One row per period of the range, those without visits too: a day of the site (step daily), an ISO week from Monday (weekly) or a month (monthly).
period: its first day. first_day, last_day: its days that were counted; the first and the last period are cut to the range.
total_views: page views. unique_visitors: different visitors of the whole period, exact, never a sum of days; a visitor without account or consent has another id on each day and counts on each. avg_time_on_page: seconds, mean of the page views for which it is known; NULL where of none. bounce_rate: share, 0 to 1, of the sessions that entered here and viewed one page; NULL where none entered here.
entity_type, entity_id, in_site: as for analytics.get_entity_visitors.';
