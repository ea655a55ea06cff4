-- How many events of people, not crawlers, does each UTC day hold? The same count is recorded for each built day.
select
    day,
    sum(events)::bigint as events
from raw.day_counts
group by day
having sum(events) <> 0
