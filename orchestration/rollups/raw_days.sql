-- How many events of people, not crawlers, does each UTC day hold? The same count is kept of each day that is built.
select
    (occurred_at at time zone 'UTC')::date as day,
    count(*) as events
from raw.events
where not is_bot
group by day
