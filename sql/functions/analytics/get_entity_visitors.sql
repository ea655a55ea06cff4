create or replace function analytics.get_entity_visitors(
    entity_type text, entity_id text, from_day date, to_day date, most integer default 100, in_site text default null
)
returns table (
    site text,
    visitor_id text,
    account_id text,
    visit_count bigint,
    first_visit timestamptz,
    last_visit timestamptz,
    avg_time_on_page double precision,
    days_visited bigint
)
-- Not in SQL, where a check beside tables that have no such day is planned away; and with the days known to the plan.
language plpgsql stable parallel safe rows 100 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
    perform analytics.check_range(from_day, to_day), analytics.check_detail(from_day, to_day);
    return query with

    -- A day with enough visitors has all that are asked for on it or after it: days before need no look to find them.
    latest as (
        select days.site, days.visitor_id
        from marts.visitor_days as days
        where
            days.entity_type = get_entity_visitors.entity_type
            and days.entity_id = get_entity_visitors.entity_id
            and days.day between (
                select coalesce(max(busy.date), get_entity_visitors.from_day)
                from marts.analytics_aggregates as busy
                where
                    busy.entity_type = get_entity_visitors.entity_type
                    and busy.entity_id = get_entity_visitors.entity_id
                    and busy.hour is null
                    and busy.date between get_entity_visitors.from_day and get_entity_visitors.to_day
                    and (get_entity_visitors.in_site is null or busy.site = get_entity_visitors.in_site)
                    and busy.unique_visitors >= get_entity_visitors.most
            ) and get_entity_visitors.to_day
            and (get_entity_visitors.in_site is null or days.site = get_entity_visitors.in_site)
        group by days.site, days.visitor_id
        order by max(days.last_viewed_at) desc, days.site, days.visitor_id
        limit analytics.check_most(get_entity_visitors.most)
    )

    select
        days.site,
        days.visitor_id,
        max(days.account_id),
        sum(days.page_views)::bigint,
        min(days.first_viewed_at),
        max(days.last_viewed_at) as last_visit,
        sum(days.seconds_on_page)::double precision / nullif(sum(days.timed_views), 0)::double precision,
        count(distinct days.day)
    from marts.visitor_days as days
    inner join latest on days.site = latest.site and days.visitor_id = latest.visitor_id
    where
        days.entity_type = get_entity_visitors.entity_type
        and days.entity_id = get_entity_visitors.entity_id
        and days.day between get_entity_visitors.from_day and get_entity_visitors.to_day
    group by days.site, days.visitor_id
    order by last_visit desc, days.site, days.visitor_id;
end
$$;
comment on function analytics.get_entity_visitors is
'One row per visitor who viewed the entity on one of the site''s days of the range, the latest first, at most `most` (100).
visit_count: page views of it. first_visit, last_visit: of the range. avg_time_on_page: seconds, mean of the page views for which it is known, NULL where of none. days_visited: the site''s days. account_id: NULL without one.
Of days whose detail has left PostgreSQL (analytics.detail_begins()), only the lake can be asked, by the same function in DuckDB.
Exact. But a visitor without account or consent has another visitor_id on each day, and is one row a day.
entity_type and entity_id as in marts.visitor_days: a content type and content_id, page and a path, site and the site. in_site: only that site; name it where you have several.';
