-- Views and visitors by country and device.
select
    country_code,
    device_type,
    count(*) as views,
    count(distinct visitor_key) as visitors
from marts.analytics_page_views
group by country_code, device_type
order by country_code, device_type
