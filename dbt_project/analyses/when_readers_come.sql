-- When do readers come? One row per site, weekday (1 is Monday) and hour, both UTC: page views, and their share of all.
with

hours as (
    select * from {{ ref('analytics_aggregates') }}
    where entity_type = 'site' and hour is not null and {{ in_days('date') }}
)

select
    site,
    cast(extract(isodow from date) as integer) as weekday,
    hour,
    sum(total_views) as page_views,
    sum(total_views) * 1.0 / sum(sum(total_views)) over (partition by site) as share_of_views
from hours
where total_views > 0
group by site, cast(extract(isodow from date) as integer), hour
order by site, weekday, hour
