-- Where did sessions come from?
select
    traffic_source as source,
    count(*) as sessions,
    100.0 * avg(is_bounce::integer)::double precision as bounce_percent
from marts.analytics_sessions
where site = %(site)s and session_day between %(first)s and %(last)s
group by traffic_source
order by sessions desc, source
