with

events as (
    select * from {{ source('raw', 'events') }}
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
    screen_width,
    screen_height,
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
