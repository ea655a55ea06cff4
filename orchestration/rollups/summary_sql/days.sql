-- What did each of the last days bring?
select
    date as day,
    visitors,
    page_views
from marts.analytics_daily_sites
where
    site = %(site)s
    and page_views > 0
    and date between greatest(%(first)s::date, %(last)s::date - 6) and %(last)s
order by date desc
