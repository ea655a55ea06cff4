-- How long are pages read, in the middle and at most? Of page views here, since each has the sum of its heartbeats.
select
    page_path,
    count(*) as views,
    percentile_cont(0.5) within group (order by time_on_page) as median_seconds,
    percentile_cont(0.95) within group (order by time_on_page) as long_seconds
from marts.analytics_page_views
where time_on_page is not null
group by page_path
order by views desc, page_path
limit 20
