-- Of the visitors who viewed the most read page, who clicked on it afterwards, and who then viewed another page?
with

steps as (
    select
        coalesce(account_id, client_visitor_id, cast(anonymous_id as text)) as visitor,
        occurred_at,
        case
            when event_type = 'page_view' and page_path = '/blog/post-0' then 1
            when event_type = 'click' and page_path = '/blog/post-0' then 2
            when event_type = 'page_view' then 3
        end as step
    from raw.events
    where not is_bot and event_type in ('page_view', 'click')
),

viewed as (
    select visitor, min(occurred_at) as viewed_at
    from steps
    where step = 1
    group by visitor
),

clicked as (
    select steps.visitor, min(steps.occurred_at) as clicked_at
    from steps
    inner join viewed on steps.visitor = viewed.visitor and steps.occurred_at > viewed.viewed_at
    where steps.step = 2
    group by steps.visitor
),

went_on as (
    select distinct steps.visitor
    from steps
    inner join clicked on steps.visitor = clicked.visitor and steps.occurred_at > clicked.clicked_at
    where steps.step = 3
)

select
    (select count(*) from viewed) as viewed,
    (select count(*) from clicked) as clicked,
    (select count(*) from went_on) as went_on
