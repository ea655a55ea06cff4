-- From which page do readers go to which?
with

views as (
    select
        page_path,
        lead(page_path) over (
            partition by coalesce(account_id, client_visitor_id, cast(anonymous_id as text))
            order by occurred_at, event_id
        ) as next_path
    from raw.events
    where event_type = 'page_view' and not is_bot
)

select page_path, next_path, count(*) as times
from views
where next_path is not null
group by page_path, next_path
order by times desc, page_path, next_path
limit 20
