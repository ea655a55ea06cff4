{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

facts as (
    select * from {{ ref('daily_facts') }}
)

select
    user_code,
    date,
    sum(sessions) as total_sessions,
    sum(page_views) as total_page_views,
    sum(clicks) as total_clicks,
    count(distinct share_code) as unique_share_codes,
    count(distinct page_visitor_id) as unique_visitors
from facts
group by user_code, date
