-- What did each of the last days bring?
select
    view_day as day,
    count(distinct visitor_id) as visitors,
    count(*) as page_views
from marts.analytics_page_views
where site = %(site)s and view_day between greatest(%(first)s::date, %(last)s::date - 6) and %(last)s
group by view_day
order by view_day desc
