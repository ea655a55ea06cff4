-- How many events of the lake are a visitor's, by UTC day, and whether one of them counts in marts (crawlers do not).
-- The rule is that of upkeep/erase.sql.
select day, count(*) as row_count, bool_or(not is_bot) as in_marts
from raw.events
where
    ($site is null or site = $site)
    and (
        $id in (account_id, client_visitor_id)
        or $uuid::uuid in (anonymous_id, previous_anonymous_id)
        or 'hashed-' || left(sha256(site || '|' || $id), 32) in (account_id, client_visitor_id)
    )
group by day
order by day
