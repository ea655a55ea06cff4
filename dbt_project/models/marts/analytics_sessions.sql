{{ config(day_column='session_day', indexes=[{'columns': ['session_day']}]) }}

with

-- A session of the last day may end on the day after.
event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('session_day') }} and {{ in_days('event_day', after=1) }}
),

events as (
    select * from {{ ref('stg_events') }}
    where {{ at_days('occurred_at', after=1) }}
),

sessions as (
    select
        session_id,
        session_day,
        user_code,
        site,
        channel,
        traffic_source,
        min(occurred_at) as first_seen,
        max(occurred_at) as last_seen,
        {{ seconds('max(occurred_at) - min(occurred_at)') }} as duration_seconds,
        sum(engaged_seconds) as engaged_seconds,
        sum(case when event_type = 'page_view' then 1 else 0 end) as page_views,
        sum(case when event_type = 'click' then 1 else 0 end) as clicks,
        count(*) as events,
        {{ first_known('visitor_id') }} as visitor_id,
        {{ first_known('account_id') }} as account_id,
        {{ first_known('share_code') }} as share_code,
        {{ first_known('contact_id') }} as contact_id,
        -- The entry tells where the session came from and on what device; without one, the first event does.
        coalesce(
            {{ first_known('case when is_entry then event_id end') }}, {{ first_known('event_id') }}
        ) as telling_event_id,
        coalesce(max(case when is_entry then occurred_at end), min(occurred_at)) as told_at,
        {{ last_known("case when event_type = 'page_view' then page_path end") }} as exit_page_path,
        max(case when is_entry then page_path end) as entry_page_path,
        max(case when is_entry then entity_type end) as entry_entity_type,
        max(case when is_entry then entity_id end) as entry_entity_id,
        bool_or({{ is_conversion('event_type') }}) as has_conversion
    from event_sessions
    group by session_id, session_day, user_code, site, channel, traffic_source
)

select
    sessions.session_id,
    sessions.session_day,
    sessions.user_code,
    sessions.site,
    sessions.share_code,
    sessions.contact_id,
    sessions.account_id,
    sessions.visitor_id,
    sessions.first_seen,
    sessions.last_seen,
    sessions.duration_seconds,
    sessions.engaged_seconds,
    sessions.page_views,
    sessions.clicks,
    sessions.events,
    sessions.page_views = 1 as is_bounce,
    sessions.page_views >= 2
    or sessions.has_conversion
    or coalesce(sessions.engaged_seconds, sessions.duration_seconds) >= {{ var('engaged_seconds') }} as is_engaged,
    sessions.entry_page_path,
    sessions.entry_entity_type,
    sessions.entry_entity_id,
    sessions.exit_page_path,
    events.referrer_host,
    events.referrer_path,
    events.utm_source,
    events.utm_medium,
    events.utm_campaign,
    events.utm_term,
    events.utm_content,
    sessions.channel,
    sessions.traffic_source,
    events.user_agent,
    events.device_type,
    events.os,
    events.browser,
    events.language_code,
    events.timezone,
    events.country_code,
    events.region,
    events.city,
    events.source,
    events.import_id,
    events.line_number
from sessions
inner join events on sessions.telling_event_id = events.event_id and sessions.told_at = events.occurred_at
