{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

facts as (
    select * from {{ ref('daily_facts') }}
)

select
    user_code,
    coalesce(share_code, '') as share_code,
    date,
    sum(sessions) as total_sessions,
    sum(page_views) as total_page_views,
    sum(clicks) as total_clicks
from facts
group by user_code, coalesce(share_code, ''), date
