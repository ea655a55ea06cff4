-- The days, from the first to the last requested, whose file of a mart (%(table)s) is not there, or was written before the
-- day was built again, or must be written again: one row per day, with when it was built (NULL: it holds nothing any
-- more), and whether it is being built now, or waits for it. A day that only the lake holds is not to be written until it
-- was built, nor is one that has events, but that no build has written since its marts were made again.
with counts as (
    select day
    from raw.day_counts
    where day between %(first)s and %(last)s
    group by day
    having sum(events) > 0
),

built as (
    select day, events, built_at
    from marts.built_days
    where day between %(first)s and %(last)s
),

lake as (
    select day, built_at, export_again, left_at
    from lake.days
    where of_table = %(table)s and day between %(first)s and %(last)s
)

select
    coalesce(built.day, lake.day) as day,
    built.built_at,
    coalesce(lake.export_again, '') as why,
    coalesce(built.events < 0, lake.left_at is not null or counts.day is not null) as is_unbuilt
from built
full join lake on built.day = lake.day
left join counts on counts.day = lake.day
where
    lake.day is null
    or lake.export_again is not null
    or lake.built_at is distinct from built.built_at
    or built.events < 0
    or (built.day is null and counts.day is not null)
order by 1
