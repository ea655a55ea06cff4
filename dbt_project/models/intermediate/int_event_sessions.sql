{{
    config(
        day_column='event_day',
        days_after=1,
        indexes=[{'columns': ['event_day']}],
        post_hook='analyze {{ this }}'
    )
}}

{%- set gap = "interval '" ~ var('session_gap_minutes') ~ " minutes'" %}
{#- Logs know seconds only: within one, the order of their lines counts. #}
{%- set in_order = 'order by occurred_at, line_number, event_id' %}
{%- set longest = "interval '" ~ var('session_max_hours') ~ " hours'" %}

-- A session lasts a day at most. So the sessions that touch a day follow from the events of that day, the two before
-- and the one after; and the day after is written as well, for what sessions of the last day did there.
with

events as (
    select
        event_id,
        occurred_at,
        line_number,
        event_day,
        event_type,
        user_code,
        site,
        visitor_id,
        account_id,
        contact_id,
        share_code,
        client_session_id,
        page_path,
        engaged_seconds,
        scroll_depth_percentage,
        arrival_source,
        arrival_medium,
        arrival_campaign
    from {{ ref('stg_events') }}
    where not is_bot and {{ at_days('occurred_at', before=2, after=2) }}
),

-- Materialized: read once, not once for each event, whatever the planner knows of days that have just come in.
midnight_visitors as materialized (
    select * from {{ ref('int_midnight_visitors') }}
),

entities as materialized (
    select * from {{ ref('int_page_entities') }}
),

traffic_sources as materialized (
    select * from {{ ref('int_traffic_sources') }}
),

keyed as (
    select
        events.*,
        coalesce(
            'session ' || events.client_session_id,
            'visitor ' || coalesce(midnight_visitors.first_id, events.visitor_id)
        ) as session_key,
        -- A client that names its sessions knows when they end, but for one that never ends.
        case when events.client_session_id is null then {{ gap }} else {{ longest }} end as longest_gap
    from events
    left join midnight_visitors on events.visitor_id = midnight_visitors.visitor_id
),

gaps as (
    select
        *,
        coalesce(
            occurred_at - lag(occurred_at) over (
                partition by user_code, site, session_key {{ in_order }}
            ) > longest_gap,
            true
        ) as follows_gap
    from keyed
),

stretches as (
    select
        *,
        max(case when follows_gap then occurred_at end) over (
            partition by user_code, site, session_key {{ in_order }}
        ) as stretch_started_at
    from gaps
),

-- A stretch without a gap that is longer than a session may be goes on in a session for each further UTC day.
pieces as (
    select
        *,
        case
            when occurred_at < stretch_started_at + {{ longest }} then 0
            else event_day - {{ utc_day('stretch_started_at') }}
        end as piece
    from stretches
),

numbered as (
    select
        *,
        first_value(occurred_at) over session_so_far as session_started_at,
        first_value(coalesce('session ' || client_session_id, 'visitor ' || visitor_id)) over session_so_far
            as session_owner,
        row_number() over session_so_far as event_number,
        sum(case when event_type = 'page_view' then 1 else 0 end) over session_so_far as view_number,
        lead(occurred_at) over session_so_far as next_event_at
    from pieces
    window session_so_far as (
        partition by user_code, site, session_key, stretch_started_at, piece {{ in_order }}
    )
),

identified as (
    select
        *,
        {{ hashed_id(['user_code', 'site', 'session_owner', 'extract(epoch from session_started_at)']) }} as session_id,
        event_type = 'page_view' and view_number = 1 as is_entry
    from numbered
),

sessions as (
    select
        session_id,
        {{ first_known('share_code') }} as share_code,
        {{ first_known('contact_id') }} as contact_id,
        max(case when is_entry then arrival_source end) as arrival_source,
        max(case when is_entry then arrival_medium end) as arrival_medium,
        max(case when is_entry then arrival_campaign end) as arrival_campaign
    from identified
    group by session_id
)

select
    identified.event_id,
    identified.occurred_at,
    identified.event_day,
    identified.event_type,
    identified.user_code,
    identified.site,
    identified.visitor_id,
    identified.account_id,
    coalesce(identified.share_code, sessions.share_code) as share_code,
    coalesce(identified.contact_id, sessions.contact_id) as contact_id,
    identified.session_id,
    identified.session_started_at,
    {{ utc_day('identified.session_started_at') }} as session_day,
    identified.event_number,
    identified.view_number,
    identified.next_event_at,
    identified.engaged_seconds,
    identified.scroll_depth_percentage,
    identified.page_path,
    entities.entity_type,
    entities.entity_id,
    identified.is_entry,
    coalesce(traffic_sources.channel, 'Unassigned') as channel,
    coalesce(traffic_sources.traffic_source, 'other') as traffic_source
from identified
inner join sessions on identified.session_id = sessions.session_id
left join traffic_sources
    on
        sessions.arrival_source = traffic_sources.arrival_source
        and sessions.arrival_medium = traffic_sources.arrival_medium
        and sessions.arrival_campaign = traffic_sources.arrival_campaign
left join entities
    on
        identified.user_code = entities.user_code
        and identified.site = entities.site
        and identified.page_path = entities.page_path
where {{ in_days('identified.event_day', after=1) }}
