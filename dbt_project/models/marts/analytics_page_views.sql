{{
    config(
        day_column='view_day',
        partition_by_day=true,
        indexes=[{'columns': ['session_id']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

events as (
    select * from {{ ref('stg_events') }}
    where event_type = 'page_view' and not is_bot and {{ at_days('occurred_at') }}
),

page_views as (
    select * from {{ ref('int_page_views') }}
    where {{ in_days('view_day') }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where {{ in_days('session_day', before=1) }}
)

select
    events.event_id,
    events.occurred_at as viewed_at,
    events.event_day as view_day,
    sessions.session_id,
    page_views.session_day,
    page_views.view_number,
    page_views.view_number = 1 as is_entry,
    sessions.page_views = 1 as is_bounce,
    events.user_code,
    events.site,
    coalesce(events.share_code, sessions.share_code) as share_code,
    coalesce(events.contact_id, sessions.contact_id) as contact_id,
    events.account_id,
    events.visitor_id,
    page_views.entity_type,
    page_views.entity_id,
    page_views.version_number,
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
    sessions.channel,
    sessions.traffic_source,
    page_views.time_on_page,
    page_views.scroll_depth_percentage,
    page_views.clicks,
    events.load_time_ms,
    events.device_type,
    events.os,
    events.browser,
    events.viewport_width,
    events.viewport_height,
    events.screen_width,
    events.screen_height,
    events.language_code,
    events.timezone,
    events.country_code,
    events.region,
    events.city,
    events.source,
    events.import_id,
    events.line_number
from events
inner join page_views
    on
        events.event_id = page_views.event_id
        and events.occurred_at = page_views.viewed_at
        and events.site = page_views.site
inner join sessions
    on
        page_views.session_key = sessions.session_key
        and page_views.session_started_at = sessions.session_started_at
