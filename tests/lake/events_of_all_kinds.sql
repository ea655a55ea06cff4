-- Events of one day that have something in every column, texts that are hard to carry among them. %(from)s and %(until)s
-- number them: the same number is the same event.
insert into raw.events (
    event_id, occurred_at, received_at, client_occurred_at, event_type, source, line_number, site, user_code, share_code,
    account_id, contact_id, client_visitor_id, anonymous_id, previous_anonymous_id, client_session_id, is_bot, page_type,
    page_id, page_title, page_host, page_path, referrer_host, referrer_path, utm_source, utm_medium, utm_campaign, utm_term,
    utm_content, engaged_seconds, scroll_depth_percentage, load_time_ms, user_agent, device_type, os, browser,
    language_code, timezone, viewport_width, viewport_height, country_code, region, city, click_target, click_category,
    click_context, element_type, element_id, element_class, element_text, target_url, is_external, pointer_x, pointer_y,
    response_status, response_bytes, properties, click_id_kind, screen_width, screen_height
)
select
    md5(%(day)s || n)::uuid, (%(day)s::date + make_interval(secs => n * 61.000007)) at time zone 'UTC', now(),
    case when n %% 5 = 0 then now() end, (array['page_view', 'click', 'signup'])[1 + n %% 3], 'test', n,
    case when n %% 2 = 0 then 'example.org' else 'other.example' end, case when n %% 2 = 0 then 'ada' else 'bo' end, 'share',
    case when n %% 7 = 0 then 'account ' || n %% 3 end, 'contact', 'visitor ' || n %% 9, md5('a' || n)::uuid,
    md5('p' || n)::uuid, 'session', n %% 4 = 0, 'post', 'id', E'Título – 日本語 🦊\ttab\nline', 'example.org',
    '/it''s "quoted"\back', 'referrer.example', '/', 'source', 'medium', 'campaign', 'term', '', 1.0 / (1 + n), n %% 101, n,
    'agent', 'mobile', 'Linux', 'Firefox', 'en', 'UTC', 1, -1, 'DE', 'Saxony', 'Leipzig', 'target', 'link', 'navbar', 'a',
    'id', 'class', 'text', 'https://example.org/?a=b', n %% 2 = 0, 2147483647, -2147483648, 404, 9223372036854775807,
    jsonb_build_object('plan', n, 'text', E'\u2028 "quoted"', 'share', 0.1, 'nothing', null), 'gclid', n, 2000000
from generate_series(%(from)s::int, %(until)s::int) as n
