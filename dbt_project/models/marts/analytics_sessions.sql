{{
    config(
        day_column='session_day',
        partition_by_day=true,
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

sessions as (
    select * from {{ ref('int_sessions') }}
    where {{ in_days('session_day') }}
),

-- A session of the last day may have its entry on the day after. With attention none begins.
events as (
    select * from {{ ref('stg_events') }}
    where not {{ is_attention('event_type') }} and {{ at_days('occurred_at', after=1) }}
),

entities as (
    select * from {{ ref('int_page_entities') }}
    where {{ in_days('marts_day') }}
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
    sessions.session_started_at as first_seen,
    sessions.last_seen,
    {{ seconds_between('sessions.session_started_at', 'sessions.last_seen') }} as duration_seconds,
    sessions.engaged_seconds,
    sessions.page_views,
    sessions.unique_pages,
    sessions.clicks,
    sessions.events,
    sessions.conversions,
    sessions.page_views = 1 as is_bounce,
    sessions.page_views >= 2
    or sessions.conversions > 0
    or coalesce(
        sessions.engaged_seconds, {{ seconds_between('sessions.session_started_at', 'sessions.last_seen') }}
    ) >= {{ var('engaged_seconds') }} as is_engaged,
    sessions.entry_page_path,
    entities.entity_type as entry_entity_type,
    entities.entity_id as entry_entity_id,
    sessions.exit_page_path,
    exit_entities.entity_type as exit_entity_type,
    exit_entities.entity_id as exit_entity_id,
    events.page_host,
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
    events.screen_width,
    events.country_code,
    events.region,
    events.city,
    events.source,
    events.import_id,
    events.line_number
from sessions
inner join events
    on
        sessions.describing_event_id = events.event_id
        and sessions.described_at = events.occurred_at
        and sessions.site = events.site
left join entities
    on {{ is_entry_page('sessions', 'entities') }}
left join entities as exit_entities
    on {{ is_exit_page('sessions', 'exit_entities') }}
