-- What of each event is kept? From event_input (what readers of files found), salts (day, salt) and crawlers
-- (user_agent, is_bot); one row per event, in the columns of raw.events. Addresses of machines end here: only a salted
-- hash goes on. Query strings and fragments end here too, but for the utm parameters.
with located as (
    select
        *,
        occurred_at at time zone 'UTC' as occurred_utc,
        regexp_extract(page_url, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*))?([^?#]*)(?:\?([^#]*))?', ['host', 'path', 'query'])
            as page,
        regexp_extract(referrer, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*)([^?#]*)', ['host', 'path']) as referred
    from event_input
)

select
    e.event_id,
    e.content_digest,
    e.occurred_at,
    e.event_type,
    e.line_number,
    e.event_index,
    e.share_code,
    e.account_id,
    e.contact_id,
    e.visitor_id as client_visitor_id,
    e.session_id as client_session_id,
    hashed_visitor(today.salt, $site, e.client_ip, e.user_agent) as anonymous_id,
    case
        when e.occurred_utc::time < time '00:30:00'
            then hashed_visitor(yesterday.salt, $site, e.client_ip, e.user_agent)
    end as previous_anonymous_id,
    coalesce(crawlers.is_bot, false) as is_bot,
    e.page_type,
    e.page_id,
    without_email(e.page_title) as page_title,
    clean_host(e.page.host) as page_host,
    nullif(without_email(left(case when e.page.host != '' and e.page.path = '' then '/' else e.page.path end, 2000)), '')
        as page_path,
    clean_host(e.referred.host) as referrer_host,
    case
        when clean_host(e.referred.host) is not null
            then coalesce(nullif(without_email(left(e.referred.path, 2000)), ''), '/')
    end as referrer_path,
    coalesce(e.utm_source, query_value(e.page.query, 'utm_source')) as utm_source,
    coalesce(e.utm_medium, query_value(e.page.query, 'utm_medium')) as utm_medium,
    coalesce(e.utm_campaign, query_value(e.page.query, 'utm_campaign')) as utm_campaign,
    coalesce(e.utm_term, query_value(e.page.query, 'utm_term')) as utm_term,
    coalesce(e.utm_content, query_value(e.page.query, 'utm_content')) as utm_content,
    e.engaged_seconds,
    e.scroll_depth_percentage,
    e.load_time_ms,
    without_email(left(e.user_agent, 1000)) as user_agent,
    e.device_type,
    e.os,
    e.browser,
    e.language_code,
    e.timezone,
    e.viewport_width,
    e.viewport_height,
    e.country_code,
    e.region,
    e.city,
    e.click_target,
    e.click_category,
    e.click_context,
    e.element_type,
    e.element_id,
    e.element_class,
    without_email(left(e.element_text, 200)) as element_text,
    without_email(e.target_url) as target_url,
    e.is_external,
    e.pointer_x,
    e.pointer_y,
    e.response_status,
    e.response_bytes,
    without_email(e.properties) as properties
from located as e
left join salts as today on today.day = e.occurred_utc::date
left join salts as yesterday on yesterday.day = e.occurred_utc::date - 1
left join crawlers on crawlers.user_agent = e.user_agent
