-- How many read more than one thing? One row per site and number of different pages that a visitor viewed (10 stands
-- for 10 and more): visitors, their share, their page views, and the mean seconds that such a visitor is known to have
-- read. Without an account or consent, someone who comes on another day is another visitor.
with

days as (
    select * from {{ ref('visitor_days') }}
    where entity_type <> 'site' and {{ in_days('day') }}
),

visitors as (
    select
        site,
        visitor_id,
        least(count(distinct entity_id), 10) as pages,
        sum(page_views) as page_views,
        sum(seconds_on_page) as seconds_on_page
    from days
    group by site, visitor_id
)

select
    site,
    pages,
    count(*) as visitors,
    count(*) * 1.0 / sum(count(*)) over (partition by site) as share_of_visitors,
    sum(page_views) as page_views,
    avg(seconds_on_page) as avg_seconds
from visitors
group by site, pages
order by site, pages
