{{
    config(
        day_column='view_day',
        indexes=[{'columns': ['view_day']}, {'columns': ['session_id']}]
    )
}}

with

events as (
    select * from {{ ref('stg_events') }}
    where event_type = 'page_view' and not is_bot and {{ at_days('occurred_at') }}
),

-- A page may be read on into the next day.
event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day', after=1) }}
),

-- What follows a page view, up to the next one of the session, happened on its page.
attention as (
    select
        session_id,
        view_number,
        sum(engaged_seconds) as engaged_seconds,
        max(scroll_depth_percentage) as scroll_depth_percentage,
        sum(case when event_type = 'click' then 1 else 0 end) as clicks
    from event_sessions
    where view_number > 0
    group by session_id, view_number
)

select
    events.event_id,
    events.occurred_at as viewed_at,
    events.event_day as view_day,
    event_sessions.session_id,
    event_sessions.session_day,
    event_sessions.view_number,
    event_sessions.is_entry,
    events.user_code,
    events.site,
    event_sessions.share_code,
    event_sessions.contact_id,
    events.account_id,
    events.visitor_id,
    event_sessions.entity_type,
    event_sessions.entity_id,
    events.page_type,
    events.page_id,
    events.page_title,
    events.page_host,
    events.page_path,
    events.referrer_host,
    events.referrer_path,
    events.utm_source,
    events.utm_medium,
    events.utm_campaign,
    event_sessions.channel,
    event_sessions.traffic_source,
    coalesce(
        attention.engaged_seconds, {{ seconds('event_sessions.next_event_at - events.occurred_at') }}
    ) as time_on_page,
    attention.scroll_depth_percentage,
    attention.clicks,
    events.load_time_ms,
    events.device_type,
    events.os,
    events.browser,
    events.viewport_width,
    events.viewport_height,
    events.language_code,
    events.timezone,
    events.country_code,
    events.region,
    events.city,
    events.source,
    events.import_id,
    events.line_number
from events
inner join event_sessions
    on events.event_id = event_sessions.event_id and events.occurred_at = event_sessions.occurred_at
inner join attention
    on event_sessions.session_id = attention.session_id and event_sessions.view_number = attention.view_number
