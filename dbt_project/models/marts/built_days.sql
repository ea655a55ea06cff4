{{ config(day_column='day') }}

-- Written last: a day stands here only when every mart holds it.
-- depends_on: {{ ref('analytics_clicks') }}
-- depends_on: {{ ref('analytics_daily_user_stats') }}
-- depends_on: {{ ref('analytics_daily_group_stats') }}
-- depends_on: {{ ref('analytics_daily_click_targets') }}
-- depends_on: {{ ref('analytics_daily_page_stats') }}
-- depends_on: {{ ref('analytics_aggregates') }}
with

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day') }}
)

select
    event_day as day,
    count(*) as events,
    current_timestamp as built_at
from event_sessions
group by event_day
