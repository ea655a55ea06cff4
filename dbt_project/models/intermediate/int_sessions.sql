{{
    config(
        day_column='session_day',
        days_before=1,
        partition_by_day=true,
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Only sessions that begin on the built days or on the day before.
with

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where
        session_started_at is not null
        and {{ in_days('session_day', before=1) }}
        and {{ in_days('event_day', before=1, after=1) }}
),

goal_events as (
    select
        session_key,
        session_started_at,
        count(*) as conversions
    from {{ ref('int_goal_events') }}
    group by session_key, session_started_at
),

traffic_sources as (
    select * from {{ ref('int_traffic_sources') }}
),

sessions as (
    select
        session_key,
        session_started_at,
        session_day,
        user_code,
        site,
        max(
            case
                when event_number = 1
                    then coalesce('session ' || client_session_id, 'visitor ' || visitor_id)
            end
        ) as session_owner,
        max(case when event_number = 1 then visitor_id end) as visitor_id,
        {{ first_known('account_id') }} as account_id,
        {{ first_known('share_code') }} as share_code,
        {{ first_known('contact_id') }} as contact_id,
        max(case when not is_late then occurred_at end) as last_seen,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds,
        max(view_number) as page_views,
        count(case when event_type = 'click' then 1 end) as clicks,
        count(*) as events,
        count(distinct case when event_type = 'page_view' then coalesce(page_path, '') end) as unique_pages,
        -- The entry has the source and the device of the session; without an entry, the first event has them.
        coalesce(
            max(case when is_entry then cast(event_id as text) end),
            max(case when event_number = 1 then cast(event_id as text) end)
        ) as describing_event_id,
        coalesce(max(case when is_entry then occurred_at end), session_started_at) as described_at,
        max(case when is_entry then page_path end) as entry_page_path,
        {{ last_known('page_path', 'view_number', "event_type = 'page_view'") }} as exit_page_path,
        max(case when event_type = 'page_view' then event_day end) as exit_day,
        max(case when is_entry then arrival_source end) as arrival_source,
        max(case when is_entry then arrival_medium end) as arrival_medium,
        max(case when is_entry then arrival_campaign end) as arrival_campaign
    from event_sessions
    group by session_key, session_started_at, session_day, user_code, site
)

select
    sessions.session_key,
    sessions.session_started_at,
    sessions.session_day,
    {{ hashed_id([
        'sessions.user_code', 'sessions.site', 'sessions.session_owner', epoch_text('sessions.session_started_at')
    ]) }} as session_id,
    sessions.user_code,
    sessions.site,
    sessions.visitor_id,
    sessions.account_id,
    sessions.share_code,
    sessions.contact_id,
    sessions.last_seen,
    sessions.engaged_seconds,
    sessions.page_views,
    sessions.unique_pages,
    sessions.clicks,
    sessions.events,
    coalesce(goal_events.conversions, 0) as conversions,
    cast(sessions.describing_event_id as uuid) as describing_event_id,
    sessions.described_at,
    sessions.entry_page_path,
    sessions.exit_page_path,
    sessions.exit_day,
    coalesce(traffic_sources.channel, 'Unassigned') as channel,
    coalesce(traffic_sources.traffic_source, 'other') as traffic_source
from sessions
left join goal_events
    on sessions.session_key = goal_events.session_key and sessions.session_started_at = goal_events.session_started_at
left join traffic_sources
    on
        sessions.arrival_source = traffic_sources.arrival_source
        and sessions.arrival_medium = traffic_sources.arrival_medium
        and sessions.arrival_campaign = traffic_sources.arrival_campaign
