{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

goal_events as (
    select * from {{ ref('int_goal_events') }}
    where {{ in_days('event_day') }}
)

select
    user_code,
    site,
    goal,
    event_day as date,
    count(*) as conversions,
    count(distinct visitor_id) as visitors
from goal_events
group by user_code, site, goal, event_day
