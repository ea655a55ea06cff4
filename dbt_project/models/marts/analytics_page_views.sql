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

sessions as (
    select * from {{ ref('int_sessions') }}
    where {{ in_days('session_day', before=1) }}
),

-- What follows a page view, up to the next one of the session, happened on its page.
views as (
    select
        session_key,
        session_started_at,
        view_number,
        cast(max(case when event_type = 'page_view' then cast(event_id as text) end) as uuid) as event_id,
        max(case when event_type = 'page_view' then occurred_at end) as viewed_at,
        max(case when event_type = 'page_view' then next_event_at end) as next_event_at,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds,
        max(scroll_depth_percentage) as scroll_depth_percentage,
        count(case when event_type = 'click' then 1 end) as clicks
    from event_sessions
    where view_number > 0
    group by session_key, session_started_at, view_number
),

entities as (
    select * from {{ ref('int_page_entities') }}
    where {{ in_days('event_day') }}
),

versions as (
    select * from {{ ref('int_live_versions') }}
    where {{ in_days('event_day') }}
)

select
    events.event_id,
    events.occurred_at as viewed_at,
    events.event_day as view_day,
    sessions.session_id,
    sessions.session_day,
    views.view_number,
    views.view_number = 1 as is_entry,
    sessions.page_views = 1 as is_bounce,
    events.user_code,
    events.site,
    coalesce(events.share_code, sessions.share_code) as share_code,
    coalesce(events.contact_id, sessions.contact_id) as contact_id,
    events.account_id,
    events.visitor_id,
    entities.entity_type,
    entities.entity_id,
    versions.version_number,
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
    coalesce(
        views.engaged_seconds, {{ seconds_between('events.occurred_at', 'views.next_event_at') }}
    ) as time_on_page,
    views.scroll_depth_percentage,
    views.clicks,
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
inner join views on events.event_id = views.event_id and events.occurred_at = views.viewed_at
inner join sessions
    on views.session_key = sessions.session_key and views.session_started_at = sessions.session_started_at
left join entities
    on
        events.event_day = entities.event_day
        and events.user_code = entities.user_code
        and events.site = entities.site
        and events.page_path = entities.page_path
left join versions
    on
        events.event_day = versions.event_day
        and entities.entity_type = versions.content_type
        and entities.entity_id = versions.content_id
        and events.user_code = versions.user_code
        and events.site = versions.site
        and events.occurred_at >= versions.live_from
        and events.occurred_at < versions.live_to
