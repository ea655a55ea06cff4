create or replace function analytics.get_heatmap(
    in_site text, entity_type text, entity_id text, from_day date, to_day date, device_type text default null
)
returns table (kind text, x_percent integer, y_band integer, points bigint)
language sql stable parallel safe rows 1000 as $$
    select days.kind::text, days.x_percent::integer, days.y_band::integer, sum(days.points)::bigint
    from marts.analytics_heatmap as days
    where
        days.site = get_heatmap.in_site
        and days.entity_type = get_heatmap.entity_type
        and days.entity_id = get_heatmap.entity_id
        and days.date between get_heatmap.from_day and get_heatmap.to_day
        and (get_heatmap.device_type is null or days.device_type = get_heatmap.device_type)
        and analytics.check_range(get_heatmap.from_day, get_heatmap.to_day)
    group by days.kind, days.x_percent, days.y_band
    order by days.kind, days.y_band, days.x_percent
$$;
comment on function analytics.get_heatmap is
'One row per spot of a page on which the pointer was: kind is move or click; x_percent 0 to 99, percent of the window''s width from the left; y_band pixels from the top of the page, in bands of 50; points: how often. Exact for what the tracker sent (data-heatmap; moves are sampled by it).
device_type: desktop, mobile, tablet, tv or console; NULL for all. A page that looks different by device is best seen by device.';
