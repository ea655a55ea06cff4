{{ config(day_column='day') }}

-- Written last: a day is here only if every mart holds it.
{%- for mart in [
    'analytics_clicks', 'analytics_custom_events', 'analytics_daily_breakdowns', 'analytics_daily_page_breakdowns',
    'analytics_daily_sites', 'analytics_daily_user_stats', 'analytics_daily_properties', 'analytics_goal_conversions',
    'analytics_heatmap', 'content_metrics', 'content_version_days', 'visitor_periods'
] %}
-- depends_on: {{ ref(mart) }}
{%- endfor %}
with

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day') }}
)

select
    event_day as day,
    count(*) as events,
    '{{ session_rules() }}' as rules,
    current_timestamp as built_at
from event_sessions
group by event_day
