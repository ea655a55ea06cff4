-- From which channel do the visitors come who convert? One row per site and channel: sessions, those that reached a
-- goal (content.goals; 0 everywhere if there is none), and their share.
with

sources as (
    select * from {{ ref('analytics_daily_sources') }}
    where {{ in_days('date') }}
)

select
    site,
    channel,
    sum(sessions) as sessions,
    sum(engaged_sessions) as engaged_sessions,
    sum(converting_sessions) as converting_sessions,
    sum(converting_sessions) * 1.0 / nullif(sum(sessions), 0) as conversion_rate
from sources
group by site, channel
order by site asc, conversion_rate desc, sessions desc, channel asc
