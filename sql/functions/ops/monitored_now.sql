create or replace function ops.monitored_now()
returns table (metric text, label text, amount double precision)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 20 as $$
begin
    return query
    select 'current_visitors', visitors.site, count(*)::double precision
    from live.visitors
    where visitors.last_seen_at > now() - interval '5 minutes'
    group by visitors.site
    order by 3 desc, 2
    limit 1000;

    return query
    with counts as (
        select counts.day, sum(counts.events) as events, sum(counts.crawlers) as crawlers
        from raw.day_counts as counts
        group by counts.day
    )

    select 'days_not_in_lake', '', count(*)::double precision
    from counts
    left join lake.days on days.of_table = 'raw.events' and days.day = counts.day
    where
        counts.day < (now() at time zone 'UTC' - interval '1 hour')::date
        and (counts.events <> 0 or counts.crawlers <> 0)
        and (counts.events, counts.crawlers) is distinct from (days.counted_events, days.counted_crawlers);

    return query
    select 'connections', '', count(*)::double precision
    from pg_stat_activity
    where pg_stat_activity.backend_type = 'client backend';

    return query
    select 'most_connections', '', current_setting('max_connections')::double precision;

    return query
    select 'sites_not_synced', '', count(*)::double precision
    from content.sites
    where sites.sync_error is not null;

    if to_regclass('marts.built_days') is not null then
        return query
        with built as (
            select built_days.day, max(built_days.events) as events, max(built_days.built_at) as built_at
            from marts.built_days
            group by built_days.day
        ),

        counts as (
            select counts.day, sum(counts.events) as events
            from raw.day_counts as counts
            group by counts.day
        )

        select
            measured.metric,
            '',
            measured.amount
        from (
            select
                extract(epoch from max(built.built_at))::double precision as built_at,
                count(*) filter (where counts.events > 0 and built.events is distinct from counts.events)
            from counts
            left join built on built.day = counts.day
        ) as found (built_at, days)
        cross join lateral (
            values ('built_at', coalesce(found.built_at, 0)), ('days_not_built', found.days::double precision)
        ) as measured (metric, amount);
    end if;
exception
    when undefined_table or undefined_column then
        return;
end
$$;
comment on function ops.monitored_now is
'One row per metric and label: what monitoring asks of the whole installation as it is now.
current_visitors: people of the last five minutes, by site, the 1,000 most visited. connections, most_connections: of the server, as far as our role sees them. days_not_in_lake: closed days whose events the lake lacks. sites_not_synced: sites whose last sync failed. days_not_built: days whose events differ from those of their marts; built_at: seconds since 1970 of the last build; neither before the first build.';
