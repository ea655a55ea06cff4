-- Which visitors of pg_temp.loading are on a site now? Into live.visitors, in the order of its key, so that two loads
-- cannot deadlock.
insert into live.visitors as known (
    site, visitor_id, user_code, first_seen_at, last_seen_at, page_path, page_title, referrer_host, country_code,
    device_type
)
select
    site,
    visitor_id,
    min(user_code),
    min(occurred_at),
    max(occurred_at),
    (array_agg(page_path order by occurred_at desc) filter (where page_path is not null))[1],
    (array_agg(page_title order by occurred_at desc) filter (where page_title is not null))[1],
    (array_agg(referrer_host order by occurred_at) filter (where referrer_host is not null))[1],
    min(country_code),
    min(device_type)
from (
    select
        *,
        coalesce(
            account_id, client_visitor_id, anonymous_id::uuid::text, 'session ' || client_session_id
        ) as visitor_id
    from pg_temp.loading
) as seen
where not is_bot and visitor_id is not null and occurred_at > now() - interval '30 minutes'
group by site, visitor_id
order by site, visitor_id
on conflict (site, visitor_id) do update set
    first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
    page_path = case
        when excluded.last_seen_at >= known.last_seen_at then coalesce(excluded.page_path, known.page_path)
        else known.page_path
    end,
    page_title = case
        when excluded.last_seen_at >= known.last_seen_at then coalesce(excluded.page_title, known.page_title)
        else known.page_title
    end,
    referrer_host = coalesce(known.referrer_host, excluded.referrer_host),
    country_code = coalesce(excluded.country_code, known.country_code),
    device_type = coalesce(excluded.device_type, known.device_type)
