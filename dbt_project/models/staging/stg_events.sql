with

raw_events as (
    select * from {{ source('raw', 'events') }}
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

events as (
    select
        raw_events.*,
        -- A site does not send visitors to itself.
        case
            when
                raw_events.referrer_host is not null
                and raw_events.referrer_host <> coalesce(raw_events.page_host, '')
                and raw_events.referrer_host <> {{ bare_host('raw_events.site') }}
                then raw_events.referrer_host
        end as outside_referrer,
        click_ids.source as click_source,
        click_ids.medium as click_medium,
        click_ids.is_paid as is_paid_click
    from raw_events
    left join click_ids on raw_events.click_id_kind = click_ids.click_id
)

select
    -- ids
    event_id,
    occurred_at,
    {{ utc_day('occurred_at') }} as event_day,
    event_type,
    source,
    import_id,
    line_number,
    -- who owns the page
    site,
    user_code,
    share_code,
    -- who visits
    coalesce(
        account_id, client_visitor_id, cast(anonymous_id as text), 'session ' || client_session_id
    ) as visitor_id,
    account_id,
    contact_id,
    cast(anonymous_id as text) as anonymous_id,
    cast(previous_anonymous_id as text) as previous_anonymous_id,
    client_session_id,
    is_bot,
    -- page
    page_type,
    page_id,
    page_title,
    page_host,
    {{ normal_path('page_path') }} as page_path,
    -- where from
    referrer_host,
    {{ normal_path('referrer_path') }} as referrer_path,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_term,
    utm_content,
    click_id_kind,
    -- The network of an advertisement is known on any page. Other click ids stay on links that people pass on.
    coalesce(
        {{ lower_ascii('utm_source') }},
        case when is_paid_click then click_source end,
        outside_referrer,
        click_source,
        ''
    ) as arrival_source,
    coalesce(
        {{ lower_ascii('utm_medium') }},
        case when is_paid_click then click_medium end,
        case when utm_source is null and outside_referrer is not null then 'referral' end,
        case when utm_source is null then click_medium end,
        ''
    ) as arrival_medium,
    coalesce({{ lower_ascii('utm_campaign') }}, '') as arrival_campaign,
    -- attention
    engaged_seconds,
    scroll_depth_percentage,
    load_time_ms,
    -- device and place
    user_agent,
    device_type,
    os,
    browser,
    language_code,
    timezone,
    viewport_width,
    viewport_height,
    country_code,
    region,
    city,
    -- clicks
    click_target,
    click_category,
    click_context,
    element_type,
    element_id,
    element_class,
    element_text,
    target_url,
    is_external,
    pointer_x,
    pointer_y,
    properties
from events
