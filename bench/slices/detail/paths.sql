-- From which page do readers go to which?
with

views as (
    select
        page_path,
        lead(page_path) over (partition by visitor_key order by viewed_at, event_id) as next_path
    from marts.analytics_page_views
)

select page_path, next_path, count(*) as times
from views
where next_path is not null
group by page_path, next_path
order by times desc, page_path, next_path
limit 20
