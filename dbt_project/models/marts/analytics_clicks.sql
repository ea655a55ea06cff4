{{ config(day_column='click_day', indexes=[{'columns': ['click_day']}]) }}

with

events as (
    select * from {{ ref('stg_events') }}
    where event_type = 'click' and not is_bot and {{ at_days('occurred_at') }}
),

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where event_type = 'click' and {{ in_days('event_day') }}
)

select
    events.event_id,
    events.occurred_at as clicked_at,
    events.event_day as click_day,
    event_sessions.session_id,
    event_sessions.session_day,
    events.user_code,
    events.site,
    event_sessions.share_code,
    event_sessions.contact_id,
    events.account_id,
    events.visitor_id,
    event_sessions.entity_type,
    event_sessions.entity_id,
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
    events.source,
    events.import_id,
    events.line_number
from events
inner join event_sessions
    on events.event_id = event_sessions.event_id and events.occurred_at = event_sessions.occurred_at
