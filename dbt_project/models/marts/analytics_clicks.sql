{{
    config(
        day_column='click_day',
        partition_by_day=true,
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

events as (
    select * from {{ ref('stg_events') }}
    where event_type = 'click' and not is_bot and {{ at_days('occurred_at') }}
),

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where event_type = 'click' and {{ in_days('event_day') }}
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
    events.occurred_at as clicked_at,
    events.event_day as click_day,
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
    events.page_type,
    events.page_path,
    events.click_target,
    events.click_category,
    events.click_context,
    events.element_type,
    events.element_id,
    events.element_class,
    events.element_text,
    events.target_url,
    events.is_external,
    events.pointer_x,
    events.pointer_y,
    events.viewport_width,
    events.device_type,
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
