-- How many events of the lake are a visitor's, by UTC day, and whether marts name the visitor on it (crawlers are in none).
-- The rules are those of upkeep: erase.sql, marts_of_visitor.sql.
with events as (
    select day, not is_bot as in_marts
    from raw.events
    where
        ($site is null or site = $site)
        and (
            $id in (account_id, client_visitor_id)
            or $uuid::uuid in (anonymous_id, previous_anonymous_id)
            or 'hashed-' || left(sha256(site || '|' || $id), 32) in (account_id, client_visitor_id)
        )
),

mart_rows as (
    select day
    from detail
    where
        ($site is null or site = $site)
        and (
            $id in (visitor_id, account_id)
            or visitor_id = $uuid
            or visitor_id = 'hashed-' || left(sha256(site || '|' || $id), 32)
        )
),

days as (
    select day, 1 as events, in_marts from events
    union all
    select day, 0, true from mart_rows
)

select day, sum(events)::bigint as events, bool_or(in_marts) as in_marts
from days
group by day
order by day
