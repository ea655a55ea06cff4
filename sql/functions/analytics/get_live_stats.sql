create or replace function analytics.get_live_stats(in_site text default null)
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
            and (
                (select access.is_unscoped())
                or (
                    ((select access.sees_all()) or visitors.user_code = any((select access.user_codes())::text []))
                    and ((select access.sites()) is null or visitors.site = any((select access.sites())::text []))
                )
            )
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
'One row: who is on the site now (in_site; NULL: on all sites that the caller may see). It names no visitor.
current_visitors: did something in the last five minutes. recent_visitors: in the last thirty. last_seen_by_minute: these thirty minutes, the latest first, with the visitors whose last sign was in that minute: {minutes_ago, visitors}. top_pages: up to ten pages that current visitors viewed last: {site, page_path, visitors}.
Late by what the collector takes to load, about a second.';
