-- Visits of a day, made up: sessions of 1 to 9 events, 5 in the mean, of page views, heartbeats and clicks on 500 pages, of
-- which few are read much. The same day has the same visits, whatever else is made.
insert into raw.events (
    event_id, occurred_at, event_type, source, site, user_code, anonymous_id, client_visitor_id, is_bot,
    page_host, page_path, referrer_host, utm_source, utm_medium, engaged_seconds, scroll_depth_percentage,
    user_agent, device_type, os, browser, language_code, timezone, viewport_width, viewport_height, country_code, city,
    click_target, click_category, click_context, pointer_x, pointer_y, properties
)
with

visits as (
    select
        visit,
        hash,
        abs(hash %% 86200) as second,
        1 + abs(hash / 7 %% 9) as events
    from
        generate_series(1, %(events)s / 5) as visit,
        lateral (select hashtextextended(%(day)s || ' ' || visit, 1) as hash) as hashed
),

events as (
    select
        visits.*,
        number,
        hashtextextended(visits.hash::text, number) as own_hash,
        case number %% 3 when 0 then 'page_view' when 1 then 'heartbeat' else 'click' end as event_type
    from visits, generate_series(0, visits.events - 1) as number
)

select
    md5(%(day)s || ' ' || visit || ' ' || number)::uuid,
    (%(day)s::date + make_interval(secs => second + 20 * number)) at time zone 'UTC',
    event_type,
    'bench',
    'bench.example',
    'bench',
    case when hash %% 5 < 3 then md5(%(day)s || ' ' || hash)::uuid end,
    case when hash %% 5 >= 3 then 'v' || abs(hash / 11 %% 50000) end,
    false,
    'bench.example',
    '/blog/post-' || (500 * power(abs(hashtextextended(hash::text, number / 3) %% 10000) / 10000.0, 3))::int,
    case when number = 0 then
        (array['google.com', 'news.ycombinator.com', 'linkedin.com', null, null, 'reddit.com', 'bing.com'])
        [1 + abs(hash / 13 %% 7)]
    end,
    case when number = 0 and hash / 17 %% 10 = 0 then 'newsletter' end,
    case when number = 0 and hash / 17 %% 10 = 0 then 'email' end,
    case when event_type = 'heartbeat' then abs(own_hash %% 180) / 10.0 end,
    case when event_type = 'heartbeat' then abs(own_hash %% 101) end,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/'
    || 100 + abs(hash / 19 %% 50) || '.0 Safari/537.36',
    (array['desktop', 'mobile', 'tablet'])[1 + abs(hash / 23 %% 3)],
    (array['Windows', 'macOS', 'Linux', 'Android', 'iOS'])[1 + abs(hash / 29 %% 5)],
    (array['Chrome', 'Safari', 'Firefox', 'Edge'])[1 + abs(hash / 31 %% 4)],
    'en-GB',
    'Europe/Berlin',
    1280,
    720,
    (array['DE', 'US', 'GB', 'FR', 'IN', 'BR', 'JP', 'NZ', 'PL', 'SE'])[1 + abs(hash / 37 %% 10)],
    (array['Leipzig', 'Chicago', 'Leeds', 'Lyon', 'Pune'])[1 + abs(hash / 41 %% 5)],
    case when event_type = 'click' then 'link-' || abs(own_hash %% 40) end,
    case when event_type = 'click' then 'link' end,
    case when event_type = 'click' then 'content' end,
    -- Somewhere on the link.
    case when event_type = 'click' then 100 + abs(own_hash %% 40) %% 8 * 130 + abs(own_hash / 3 %% 12) end,
    case when event_type = 'click' then 70 * abs(own_hash %% 40) + abs(own_hash / 5 %% 20) end,
    null
from events
