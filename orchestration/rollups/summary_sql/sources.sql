-- Where did sessions come from?
select
    traffic_source as source,
    sum(sessions)::bigint as sessions,
    (100.0 * sum(bounces) / sum(sessions))::double precision as bounce_percent
from marts.analytics_daily_sources
where site = %(site)s and date between %(first)s and %(last)s
group by traffic_source
order by sessions desc, source
