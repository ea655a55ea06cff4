{{ config(materialized='ephemeral') }}

-- The codes of shared links in the page views, clicks and sessions of a day, and which of them have rows of their own
-- in the daily marts: the same codes in all of these marts.
with

events as (
    select * from {{ ref('int_event_sessions') }}
    where event_type in ('page_view', 'click') and {{ in_days('event_day') }}
),

-- Events without a code get the first code of their session.
sessions as (
    select * from {{ ref('int_sessions') }}
    where share_code is not null and {{ in_days('session_day', before=1) }}
),

codes as (
    select
        user_code,
        session_day as date,
        share_code
    from sessions
    where {{ in_days('session_day') }}

    union all

    select
        events.user_code,
        events.event_day as date,
        coalesce(events.share_code, sessions.share_code) as share_code
    from events
    inner join sessions
        on
            events.session_key = sessions.session_key
            and events.session_started_at = sessions.session_started_at
),

counts as (
    select
        user_code,
        date,
        share_code,
        count(*) as times
    from codes
    where share_code <> ''
    group by user_code, date, share_code
),

placed as (
    select
        *,
        {{ place_by_count('user_code, date', 'times', ['share_code']) }} as place
    from counts
)

select
    user_code,
    date,
    share_code,
    {{ or_other('share_code') }} as counted_as
from placed
