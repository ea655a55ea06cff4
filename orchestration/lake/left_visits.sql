-- What visitors that PostgreSQL still knows did on days that have left it: one row per visitor and page or site.
select
    user_code,
    site,
    entity_type,
    entity_id,
    visitor_id,
    max(account_id) as account_id,
    sum(page_views)::bigint as page_views,
    min(first_viewed_at) as first_viewed_at,
    max(last_viewed_at) as last_viewed_at,
    -- Whole numbers, so that their order does not matter, as dbt's exact_sum has it.
    sum((seconds_on_page * 1000000)::bigint::double) / 1000000 as seconds_on_page,
    sum(timed_views)::bigint as timed_views,
    count(*) as days
from left_days
semi join known using (user_code, site, entity_type, entity_id, visitor_id)
group by user_code, site, entity_type, entity_id, visitor_id
