create or replace function analytics.get_top_content(in_site text, from_day date, to_day date, most integer default 10)
returns table (
    entity_type text,
    entity_id text,
    title text,
    url_path text,
    total_views bigint,
    unique_visitors bigint,
    avg_time_on_page double precision,
    bounce_rate double precision
)
language sql stable parallel safe rows 10 as $$
    with

    top as (
        select
            days.entity_type,
            days.entity_id,
            sum(days.total_views)::bigint as total_views,
            sum(days.seconds_on_page)::double precision as seconds_on_page,
            sum(days.timed_views)::double precision as timed_views,
            sum(days.bounces)::double precision as bounces,
            sum(days.entries)::double precision as entries
        from marts.analytics_aggregates as days
        where
            days.site = get_top_content.in_site
            and days.entity_type <> 'site'
            and days.hour is null
            and days.date between get_top_content.from_day and get_top_content.to_day
            and analytics.check_range(get_top_content.from_day, get_top_content.to_day)
        group by days.entity_type, days.entity_id
        order by total_views desc, days.entity_type, days.entity_id
        limit analytics.check_most(get_top_content.most)
    )

    select
        top.entity_type,
        top.entity_id,
        documents.title,
        coalesce(documents.url_path, case when top.entity_type = 'page' then top.entity_id end),
        top.total_views,
        visitors.unique_visitors,
        top.seconds_on_page / nullif(top.timed_views, 0),
        top.bounces / nullif(top.entries, 0)
    from top
    left join scoped.content_documents as documents
        on documents.site = get_top_content.in_site and top.entity_id = documents.content_id
    cross join lateral (
        select count(distinct visitor_key) as unique_visitors
        from marts.visitor_sets as days
        cross join unnest(days.visitor_keys) as visitor_key
        where
            days.site = get_top_content.in_site
            and top.entity_type = days.entity_type
            and top.entity_id = days.entity_id
            and days.day between get_top_content.from_day and get_top_content.to_day
    ) as visitors
    order by top.total_views desc, top.entity_type, top.entity_id
$$;
comment on function analytics.get_top_content is
'One row per document or page that was viewed on the site''s days of the range, the most viewed first, at most `most` (10), for one site.
title: NULL for a page that is no document, or no longer. total_views: page views. unique_visitors: exact for the whole range. avg_time_on_page: seconds. bounce_rate: share, 0 to 1, of the sessions that entered there. NULL where there is nothing to divide by.';
