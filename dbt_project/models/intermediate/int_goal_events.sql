{{ config(materialized='ephemeral') }}

with

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day', before=1, after=1) }}
),

goals as (
    select * from {{ ref('stg_goals') }}
)

select
    goals.goal,
    event_sessions.event_id,
    event_sessions.occurred_at,
    event_sessions.event_day,
    event_sessions.user_code,
    event_sessions.site,
    event_sessions.visitor_id,
    event_sessions.session_key,
    event_sessions.session_started_at
from event_sessions
inner join goals
    on
        event_sessions.site = goals.site
        and event_sessions.event_type = goals.event_type
        and (goals.page_path is null or {{ canonical_path('event_sessions.page_path') }} = goals.page_path)
