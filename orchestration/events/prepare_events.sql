-- What of each event is kept? From filled_input (what readers of files found), salts (day, salt) and user_agents
-- (user_agent, is_bot, device_type, os, browser); one row per event, in the columns of raw.events. A field that is not named
-- here is kept, texts and ids masked. Addresses of machines end here: only a salted hash goes on. Query strings and
-- fragments end here too, but for the utm parameters and the names of click ids. So do e-mail addresses, and characters that
-- are obeyed and not seen, wherever a client may write what it likes.
--
-- Events name few pages, again and again: what is made of a URL is made once.
with masked as (
    select
        * replace (
            coalesce(site, $site) as site,
            {masks},
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

-- Pages and apps send visitors; extensions and browsers' own pages say only what a visitor has installed.
split_referrers as (
    select
        referrer,
        regexp_extract(referrer, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*)([^?#]*)', ['host', 'path']) as part
    from (select distinct referrer from filled_input where referrer is not null)
    where not regexp_matches(referrer, '^(?i:[a-z-]+-extension|about|chrome|edge|brave|opera|vivaldi)://')
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
    e.* exclude (client_ip, page_url, referrer, occurred_utc)
    replace (
        coalesce(e.received_at, now()) as received_at,
        coalesce(e.anonymous_id, hashed_visitor(today.salt, e.site, e.client_ip, e.user_agent)) as anonymous_id,
        case
            when e.occurred_utc::time < time '00:30:00'
                then coalesce(
                    e.previous_anonymous_id, hashed_visitor(yesterday.salt, e.site, e.client_ip, e.user_agent)
                )
        end as previous_anonymous_id,
        coalesce(e.utm_source, pages.utm_source) as utm_source,
        coalesce(e.utm_medium, pages.utm_medium) as utm_medium,
        coalesce(e.utm_campaign, pages.utm_campaign) as utm_campaign,
        coalesce(e.utm_term, pages.utm_term) as utm_term,
        coalesce(e.utm_content, pages.utm_content) as utm_content,
        agents.shown as user_agent,
        coalesce(e.device_type, agents.device_type) as device_type,
        coalesce(e.os, agents.os) as os,
        coalesce(e.browser, agents.browser) as browser,
        left(e.element_text, 200) as element_text
    )
    rename (visitor_id as client_visitor_id, session_id as client_session_id),
    coalesce(agents.is_bot, false) as is_bot,
    pages.page_host,
    pages.page_path,
    pages.click_id_kind,
    host_of_site(e.site, referrers.referrer_host) as referrer_host,
    referrers.referrer_path
from masked as e
left join pages on pages.page_url = e.page_url
left join referrers on referrers.referrer = e.referrer
left join salts as today on today.day = e.occurred_utc::date
left join salts as yesterday on yesterday.day = e.occurred_utc::date - 1
left join agents on agents.user_agent = e.user_agent
