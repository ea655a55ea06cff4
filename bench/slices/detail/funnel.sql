-- Of the visitors who viewed the most read page, who clicked on it afterwards, and who then viewed another page?
with

viewed as (
    select visitor_key, min(viewed_at) as viewed_at
    from marts.analytics_page_views
    where page_path = '/blog/post-0'
    group by visitor_key
),

clicked as (
    select clicks.visitor_key, min(clicks.clicked_at) as clicked_at
    from marts.analytics_clicks as clicks
    inner join viewed on clicks.visitor_key = viewed.visitor_key and clicks.clicked_at > viewed.viewed_at
    where clicks.page_path = '/blog/post-0'
    group by clicks.visitor_key
),

went_on as (
    select distinct views.visitor_key
    from marts.analytics_page_views as views
    inner join clicked on views.visitor_key = clicked.visitor_key and views.viewed_at > clicked.clicked_at
    where views.page_path <> '/blog/post-0'
)

select
    (select count(*) from viewed) as viewed,
    (select count(*) from clicked) as clicked,
    (select count(*) from went_on) as went_on
