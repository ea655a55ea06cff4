-- Which pages were read most?
select
    coalesce(content.title, page_views.entity_id) as page,
    count(*) as views,
    count(distinct page_views.visitor_id) as visitors,
    avg(page_views.time_on_page)::double precision as seconds_on_page
from marts.analytics_page_views as page_views
left join content.items as content on page_views.entity_id = content.content_id::text
where page_views.site = %(site)s and page_views.view_day between %(first)s and %(last)s
group by page
order by views desc, page
limit 10
