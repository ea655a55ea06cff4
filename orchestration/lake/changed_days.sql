-- The closed UTC days of raw.events whose file in the lake is not there, or was written of other events, or must be written
-- again: one row per day, with whether its partition was dropped since.
with counts as (
    select day, sum(events) as events, sum(crawlers) as crawlers
    from raw.day_counts
    where day <= %(last_closed)s
    group by day
)

select
    coalesce(counts.day, lake.day) as day,
    coalesce(counts.events, 0)::bigint as events,
    coalesce(counts.crawlers, 0)::bigint as crawlers,
    coalesce(lake.export_again, '') as why,
    lake.left_at is not null as has_left
from counts
full join lake.days as lake on counts.day = lake.day
where
    lake.export_again is not null
    or (lake.day is null and (counts.events <> 0 or counts.crawlers <> 0))
    or (
        lake.day is not null
        and (coalesce(counts.events, 0), coalesce(counts.crawlers, 0)) <> (lake.counted_events, lake.counted_crawlers)
    )
order by 1
