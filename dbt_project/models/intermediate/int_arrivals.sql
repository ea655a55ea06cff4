{{ config(materialized='view') }}

with

events as (
    select
        *,
        -- A site does not send visitors to itself.
        case
            when
                referrer_host is not null
                and referrer_host <> coalesce(page_host, '')
                and referrer_host <> {{ bare_host('site') }}
                then referrer_host
        end as outside_referrer
    from {{ ref('stg_events') }}
),

click_ids as (
    select * from {{ ref('click_ids') }}
)

select
    events.event_id,
    events.occurred_at,
    events.line_number,
    events.event_day,
    events.event_type,
    events.user_code,
    events.site,
    events.visitor_id,
    events.account_id,
    events.contact_id,
    events.share_code,
    events.client_session_id,
    events.is_bot,
    events.page_path,
    events.engaged_seconds,
    events.scroll_depth_percentage,
    -- Whose advertisement it was is known whatever page it stood on. Other click ids stay on links that are passed on.
    case when events.event_type = 'page_view' then coalesce(
        {{ lower_ascii('events.utm_source') }},
        case when click_ids.is_paid then click_ids.source end,
        events.outside_referrer,
        click_ids.source,
        ''
    ) end as arrival_source,
    case when events.event_type = 'page_view' then coalesce(
        {{ lower_ascii('events.utm_medium') }},
        case when click_ids.is_paid then click_ids.medium end,
        case when events.utm_source is null and events.outside_referrer is not null then 'referral' end,
        case when events.utm_source is null then click_ids.medium end,
        ''
    ) end as arrival_medium,
    case
        when events.event_type = 'page_view' then coalesce({{ lower_ascii('events.utm_campaign') }}, '')
    end as arrival_campaign
from events
left join click_ids on events.click_id_kind = click_ids.click_id
