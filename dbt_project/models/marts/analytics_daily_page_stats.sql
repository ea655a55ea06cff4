{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

page_views as (
    select * from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
)

select
    user_code,
    coalesce(share_code, '') as share_code,
    view_day as date,
    coalesce(page_type, '') as page_type,
    count(*) as view_count
from page_views
group by user_code, coalesce(share_code, ''), view_day, coalesce(page_type, '')
