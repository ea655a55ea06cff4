create or replace function ops.monitored_days(first_day date)
returns table (metric text, day date, label text, amount double precision)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 1000 as $$
begin
    if to_regclass('marts.built_days') is null then
        return;
    end if;
    return query
    with

    counted (metric, day, label, amount) as (
        select 'visitors', sites.date, sites.site, sites.visitors
        from marts.analytics_daily_sites as sites
        where sites.date >= first_day
        union all
        select 'events', events.date, events.event_type, events.event_count
        from marts.analytics_daily_events as events
        where events.date >= first_day
        union all
        select 'letters', letters.date, letters.value, letters.event_count
        from marts.analytics_daily_properties as letters
        where
            letters.date >= first_day
            and letters.event_type = 'letter_generated'
            and letters.property in ('letter_type', 'type')
        union all
        select 'themes', themes.date, themes.value, themes.event_count
        from marts.analytics_daily_properties as themes
        where themes.date >= first_day and themes.event_type = 'theme' and themes.property = 'theme'
        union all
        select
            'page_views',
            pages.date,
            pages.site || e'\x1f' || coalesce(documents.url_path, pages.entity_id),
            pages.total_views
        from marts.analytics_aggregates as pages
        left join marts.content_documents as documents
            on documents.site = pages.site and documents.content_id = pages.entity_id and pages.entity_type <> 'page'
        where pages.date >= first_day and pages.hour is null and pages.entity_type <> 'site'
        union all
        select 'sessions', sites.date, sites.site, sites.sessions
        from marts.analytics_daily_sites as sites
        where sites.date >= first_day
        union all
        select 'converting_sessions', sites.date, sites.site, sites.converting_sessions
        from marts.analytics_daily_sites as sites
        where sites.date >= first_day
    ),

    summed as (
        select counted.metric, counted.day, counted.label, sum(counted.amount)::double precision as amount
        from counted
        group by counted.metric, counted.day, counted.label
    ),

    -- Strangers name events, letters and paths.
    ranked as (
        select
            summed.metric,
            summed.label,
            row_number() over (partition by summed.metric order by sum(summed.amount) desc, summed.label) as place
        from summed
        group by summed.metric, summed.label
    )

    select
        summed.metric,
        summed.day,
        case when ranked.place <= 1000 then summed.label else '(other)' end,
        sum(summed.amount)::double precision
    from summed
    inner join ranked on ranked.metric = summed.metric and ranked.label = summed.label
    group by 1, 2, 3
    order by 1, min(ranked.place), 2;
exception
    -- A build has dropped a mart, and makes it again.
    when undefined_table or undefined_column then
        return;
end
$$;
comment on function ops.monitored_days is
'One row per metric, the site''s day from first_day on, and label: what monitoring counts, of all sites, by the marts. The 1,000 most frequent labels of a metric, the most frequent first; the rest of a day is (other).
visitors, sessions, converting_sessions: by site. events: by type. letters: by type of letter. themes: by theme. page_views: by site and path, with the character 31 between. No rows before the first build, or while a mart is being made again.';
