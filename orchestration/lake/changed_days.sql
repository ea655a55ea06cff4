-- The UTC days, from the first to the last requested, whose file in the lake is not there, or was written from other
-- events than raw.events holds, or must be written again: one row per day, with whether its partition was dropped since.
with counts as (
    select day, sum(events) as events, sum(crawlers) as crawlers
    from raw.day_counts
    where day between %(first)s and %(last)s
    group by day
),

lake as (
    select day, counted_events, counted_crawlers, export_again, left_at
    from lake.days
    where of_table = 'raw.events' and day between %(first)s and %(last)s
)

select
    coalesce(counts.day, lake.day) as day,
    coalesce(counts.events, 0)::bigint as events,
    coalesce(counts.crawlers, 0)::bigint as crawlers,
    coalesce(lake.export_again, '') as why,
    lake.left_at is not null as has_left
from counts
full join lake on counts.day = lake.day
where
    lake.export_again is not null
    or (lake.day is null and (counts.events <> 0 or counts.crawlers <> 0))
    or (
        lake.day is not null
        and (coalesce(counts.events, 0), coalesce(counts.crawlers, 0)) <> (lake.counted_events, lake.counted_crawlers)
    )
order by 1
