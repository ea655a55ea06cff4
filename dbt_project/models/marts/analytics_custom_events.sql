{{ config(day_column='event_day', partition_by_day=true, post_hook="{{ analyze_if_grown(this) }}") }}

with

events as (
    select * from {{ ref('stg_events') }}
    where
        not {{ is_built_in('event_type') }}
        and not is_bot
        and {{ at_days('occurred_at') }}
),

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where not {{ is_built_in('event_type') }} and {{ in_days('event_day') }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where {{ in_days('session_day', before=1) }}
),

entities as (
    select * from {{ ref('int_page_entities') }}
    where {{ in_days('marts_day') }}
)

select
    events.event_id,
    events.occurred_at,
    events.event_day,
    events.event_type,
    sessions.session_id,
    sessions.session_day,
    events.user_code,
    events.site,
    coalesce(events.share_code, sessions.share_code) as share_code,
    coalesce(events.contact_id, sessions.contact_id) as contact_id,
    events.account_id,
    events.visitor_id,
    entities.entity_type,
    entities.entity_id,
    events.page_path,
    events.properties,
    events.source,
    events.import_id,
    events.line_number
from events
inner join event_sessions
    on
        events.event_id = event_sessions.event_id
        and events.occurred_at = event_sessions.occurred_at
        and events.site = event_sessions.site
inner join sessions
    on
        event_sessions.session_key = sessions.session_key
        and event_sessions.session_started_at = sessions.session_started_at
left join entities
    on {{ is_page('events', 'entities') }}
