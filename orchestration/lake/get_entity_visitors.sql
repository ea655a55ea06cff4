-- analytics.get_entity_visitors of PostgreSQL (sql/functions/analytics), over all of history: the same columns and rows.
-- Its parameters go by place: a macro cannot have columns of their names.
create or replace macro analytics.get_entity_visitors(
    of_type, of_id, from_day, to_day, most := 100, in_site := null
) as table
select
    days.site,
    days.visitor_id,
    max(days.account_id) as account_id,
    sum(days.page_views)::bigint as visit_count,
    min(days.first_viewed_at) as first_visit,
    max(days.last_viewed_at) as last_visit,
    sum(days.seconds_on_page) / nullif(sum(days.timed_views), 0) as avg_time_on_page,
    count(distinct days.day) as days_visited
from marts.visitor_days as days
where
    days.entity_type = of_type
    and days.entity_id = of_id
    and days.day between from_day::date and to_day::date
    and (in_site::varchar is null or days.site = in_site)
group by days.site, days.visitor_id
order by last_visit desc, days.site, days.visitor_id
limit most
