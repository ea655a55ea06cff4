{{
    config(
        day_column='event_day',
        days_before=1,
        days_after=1,
        partition_by_day=true,
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

{%- set longest = "interval '" ~ var('session_max_hours') ~ " hours'" %}
{#- Logs know seconds only: within one, the order of their lines counts. One order for all windows, so one sort. #}
{%- set so_far = 'partition by session_key order by occurred_at, line_number, event_id rows unbounded preceding' %}

-- A session lasts a day at most. So the sessions that begin on a day follow from the events of that day and the two
-- before. The day before and the day after are written too: there, sessions of the built days begin and end.
with

events as (
    select
        *,
        not {{ is_attention('event_type') }} as is_act
    from {{ ref('int_arrivals') }}
    where not is_bot and {{ at_days('occurred_at', before=3, after=2) }}
),

midnight_visitors as (
    select * from {{ ref('int_midnight_visitors') }}
),

keyed as (
    select
        events.*,
        {{ short_key("""concat_ws(
            '|',
            events.user_code,
            events.site,
            coalesce(
                'session ' || events.client_session_id,
                'visitor ' || coalesce(midnight_visitors.first_id, events.visitor_id)
            )
        )""") }} as session_key
    from events
    left join midnight_visitors on events.visitor_id = midnight_visitors.visitor_id
),

gaps as (
    select
        *,
        lead(occurred_at) over ({{ so_far }}) as next_event_at,
        row_number() over ({{ so_far }}) as number,
        count(case when event_type = 'page_view' then 1 end) over ({{ so_far }}) as views,
        max(case when is_act then occurred_at end) over ({{ so_far }}) as last_act_at,
        -- A client that names its sessions knows when they end, unless one never ends.
        coalesce(
            occurred_at
            > lag(occurred_at) over ({{ so_far }})
            + case when client_session_id is null then {{ session_gap() }} else {{ longest }} end,
            true
        ) as follows_gap,
        -- For attention the gap is the same, named session or not.
        occurred_at > lag(occurred_at) over ({{ so_far }}) + {{ session_gap() }} as follows_pause
    from keyed
),

-- A stretch has no gap in it.
stretches as (
    select
        *,
        lag(last_act_at) over ({{ so_far }}) as previous_act_at,
        max(case when follows_gap then occurred_at end) over ({{ so_far }}) as stretch_started_at,
        max(case when follows_pause then occurred_at end) over ({{ so_far }}) as last_pause_ended_at
    from gaps
),

-- A session begins with the first thing that a person did in a stretch. Where the stretch goes on for longer than a
-- session may last, another begins with the first of each further day of the site.
starts as (
    select
        *,
        is_act and (
            previous_act_at is null
            or previous_act_at < stretch_started_at
            or (
                occurred_at >= stretch_started_at + {{ longest }}
                and (
                    previous_act_at < stretch_started_at + {{ longest }}
                    or event_day > {{ utc_day('previous_act_at') }}
                )
            )
        ) as starts_session,
        -- Attention after a gap, with nothing done in between.
        coalesce(not is_act and last_pause_ended_at > previous_act_at, false) as is_late
    from stretches
),

numbered as (
    select
        *,
        max(case when starts_session then occurred_at end) over ({{ so_far }}) as last_session_started_at,
        max(case when starts_session then number end) over ({{ so_far }}) as first_number,
        max(
            case when starts_session then views - case when event_type = 'page_view' then 1 else 0 end end
        ) over ({{ so_far }}) as views_before,
        coalesce(lead(starts_session or is_late) over ({{ so_far }}), true) as is_followed_by_none
    from starts
),

-- Attention belongs to the session before it, also after a gap, as long as a session may last.
in_sessions as (
    select
        *,
        case
            when is_act or occurred_at < last_session_started_at + {{ longest }} then last_session_started_at
        end as session_started_at
    from numbered
)

select
    event_id,
    occurred_at,
    event_day,
    event_type,
    user_code,
    site,
    visitor_id,
    client_session_id,
    account_id,
    contact_id,
    share_code,
    page_path,
    engaged_seconds,
    scroll_depth_percentage,
    session_key,
    session_started_at,
    {{ utc_day('session_started_at') }} as session_day,
    cast(number - first_number + 1 as integer) as event_number,
    cast(views - views_before as integer) as view_number,
    is_late,
    event_type = 'page_view' and views = views_before + 1 as is_entry,
    case
        when not is_followed_by_none and next_event_at < last_session_started_at + {{ longest }} then next_event_at
    end as next_event_at,
    case when views = views_before + 1 then arrival_source end as arrival_source,
    case when views = views_before + 1 then arrival_medium end as arrival_medium,
    case when views = views_before + 1 then arrival_campaign end as arrival_campaign
from in_sessions
where {{ in_days('event_day', before=1, after=1) }}
