{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

clicks as (
    select * from {{ ref('analytics_clicks') }}
    where {{ in_days('click_day') }}
)

select
    user_code,
    coalesce(share_code, '') as share_code,
    click_day as date,
    coalesce(click_target, '') as click_target,
    coalesce(click_category, '') as click_category,
    count(*) as click_count
from clicks
group by user_code, coalesce(share_code, ''), click_day, coalesce(click_target, ''), coalesce(click_category, '')
