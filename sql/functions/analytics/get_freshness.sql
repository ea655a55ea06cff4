create or replace function analytics.get_freshness()
returns table (data_version text, first_day date, fresh_until timestamptz, stale_days date [])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
begin
    return query
    with

    built as (
        select
            built_days.day,
            max(built_days.events) as events,
            max(built_days.built_at) as built_at
        from marts.built_days
        group by built_days.day
    ),

    counts as (
        select counts.day, sum(counts.events) as events
        from raw.day_counts as counts
        group by counts.day
    ),

    stale as (
        select counts.day, coalesce(built.built_at, counts.day::timestamp at time zone 'UTC') as fresh_until
        from counts
        left join built on built.day = counts.day
        where counts.events > 0 and built.events is distinct from counts.events
    )

    select
        md5(concat_ws(' ', count(*), max(built.built_at), max(built.day))),
        min(built.day) filter (where built.events > 0),
        (select min(stale.fresh_until) from stale),
        (select coalesce(array_agg(stale.day order by stale.day), '{}') from stale)
    from built;
exception
    when undefined_table or undefined_column then
        return;
end
$$;
comment on function analytics.get_freshness is
'One row: how far the marts of this installation follow its events; none before the first build. It says nothing of any one site.
data_version: another text after each build. first_day: the first of the site''s days that has events. stale_days: days with events that their marts do not count yet. fresh_until: from when on events are missing; NULL where none are.';
