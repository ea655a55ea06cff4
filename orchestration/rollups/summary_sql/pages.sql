-- Which pages were read most?
select
    coalesce(title, entity_id) as page,
    total_views as views,
    unique_visitors as visitors,
    avg_time_on_page as seconds_on_page
from analytics.get_top_content(%(site)s, %(first)s, %(last)s, 10)
