-- Where do newcomers come from? One row per site, channel, referring host and page of entry, for the first session of
-- each visitor in these days: how many newcomers came this way, and the share that stayed: read a second page, or
-- ten seconds, or reached a goal. Without an account or consent, a visitor is new on each day.
with

sessions as (
    select
        *,
        row_number() over (partition by site, visitor_id order by first_seen, session_id) as session_number
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
)

select
    site,
    channel,
    coalesce(referrer_host, '') as referrer_host,
    coalesce(entry_page_path, '') as entry_page_path,
    count(*) as newcomers,
    avg(case when is_engaged then 1.0 else 0.0 end) as engaged_share
from sessions
where session_number = 1
group by site, channel, coalesce(referrer_host, ''), coalesce(entry_page_path, '')
order by newcomers desc, site asc, channel asc, referrer_host asc, entry_page_path asc
