-- What of each event is kept? From filled_input (what readers of files found), salts (day, salt) and user_agents
-- (user_agent, is_bot, device_type, os, browser); one row per event, in the columns of raw.events. Addresses of machines
-- end here: only a salted hash goes on. Query strings and fragments end here too, but for the utm parameters and the names of
-- click ids. So do e-mail addresses, and characters that are obeyed and not seen, wherever a client may write what it likes.
--
-- Events name few pages, again and again: what is made of a URL is made once.
with masked as (
    select
        * replace (
            coalesce(site, $site) as site,
            opaque_id(coalesce(site, $site), share_code) as share_code,
            opaque_id(coalesce(site, $site), account_id) as account_id,
            opaque_id(coalesce(site, $site), contact_id) as contact_id,
            opaque_id(coalesce(site, $site), visitor_id) as visitor_id,
            opaque_id(coalesce(site, $site), session_id) as session_id,
            kept_text(page_type) as page_type,
            kept_text(page_id) as page_id,
            kept_text(page_title) as page_title,
            kept_text(utm_source) as utm_source,
            kept_text(utm_medium) as utm_medium,
            kept_text(utm_campaign) as utm_campaign,
            kept_text(utm_term) as utm_term,
            kept_text(utm_content) as utm_content,
            kept_text(device_type) as device_type,
            kept_text(os) as os,
            kept_text(browser) as browser,
            kept_text(language_code) as language_code,
            kept_text(timezone) as timezone,
            kept_text(region) as region,
            kept_text(city) as city,
            kept_text(click_target) as click_target,
            kept_text(click_category) as click_category,
            kept_text(click_context) as click_context,
            kept_text(element_type) as element_type,
            kept_text(element_id) as element_id,
            kept_text(element_class) as element_class,
            kept_text(element_text) as element_text,
            kept_text(target_url) as target_url,
            visible_json(without_email(properties)) as properties
        ),
        utc(occurred_at) as occurred_utc
    from filled_input
),

split_urls as (
    select
        page_url,
        regexp_extract(page_url, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*))?([^?#]*)(?:\?([^#]*))?', ['host', 'path', 'query'])
            as part
    from (select distinct page_url from filled_input where page_url is not null)
),

pages as (
    select
        page_url,
        kept_text(clean_host(part.host)) as page_host,
        -- Masked in both forms: decoded, the name of a mailbox may end elsewhere.
        case when part.host != '' or part.path != '' then left(kept_text(normal_path(without_email(part.path))), 2000) end
            as page_path,
        query_value(part.query, 'utm_source') as utm_source,
        query_value(part.query, 'utm_medium') as utm_medium,
        query_value(part.query, 'utm_campaign') as utm_campaign,
        query_value(part.query, 'utm_term') as utm_term,
        query_value(part.query, 'utm_content') as utm_content,
        click_id_kind(part.query) as click_id_kind
    from split_urls
),

split_referrers as (
    select
        referrer,
        regexp_extract(referrer, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*)([^?#]*)', ['host', 'path']) as part
    from (select distinct referrer from filled_input where referrer is not null)
),

referrers as (
    select
        referrer,
        kept_text(clean_host(part.host)) as referrer_host,
        case
            when clean_host(part.host) is not null
                then left(kept_text(normal_path(without_email(part.path))), 2000)
        end as referrer_path
    from split_referrers
),

agents as (
    select
        *,
        left(kept_text(user_agent), 1000) as shown
    from user_agents
)

select
    e.event_id,
    e.content_digest,
    e.occurred_at,
    coalesce(e.received_at, now()) as received_at,
    e.client_occurred_at,
    e.site,
    e.user_code,
    e.event_type,
    e.line_number,
    e.event_index,
    e.share_code,
    e.account_id,
    e.contact_id,
    e.visitor_id as client_visitor_id,
    e.session_id as client_session_id,
    coalesce(e.anonymous_id, hashed_visitor(today.salt, e.site, e.client_ip, e.user_agent)) as anonymous_id,
    case
        when e.occurred_utc::time < time '00:30:00'
            then coalesce(
                e.previous_anonymous_id, hashed_visitor(yesterday.salt, e.site, e.client_ip, e.user_agent)
            )
    end as previous_anonymous_id,
    coalesce(agents.is_bot, false) as is_bot,
    e.page_type,
    e.page_id,
    e.page_title,
    pages.page_host,
    pages.page_path,
    host_of_site(e.site, referrers.referrer_host) as referrer_host,
    referrers.referrer_path,
    coalesce(e.utm_source, pages.utm_source) as utm_source,
    coalesce(e.utm_medium, pages.utm_medium) as utm_medium,
    coalesce(e.utm_campaign, pages.utm_campaign) as utm_campaign,
    coalesce(e.utm_term, pages.utm_term) as utm_term,
    coalesce(e.utm_content, pages.utm_content) as utm_content,
    pages.click_id_kind,
    e.engaged_seconds,
    e.scroll_depth_percentage,
    e.load_time_ms,
    agents.shown as user_agent,
    coalesce(e.device_type, agents.device_type) as device_type,
    coalesce(e.os, agents.os) as os,
    coalesce(e.browser, agents.browser) as browser,
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
    left(e.element_text, 200) as element_text,
    e.target_url,
    e.is_external,
    e.pointer_x,
    e.pointer_y,
    e.response_status,
    e.response_bytes,
    e.properties
from masked as e
left join pages on pages.page_url = e.page_url
left join referrers on referrers.referrer = e.referrer
left join salts as today on today.day = e.occurred_utc::date
left join salts as yesterday on yesterday.day = e.occurred_utc::date - 1
left join agents on agents.user_agent = e.user_agent
