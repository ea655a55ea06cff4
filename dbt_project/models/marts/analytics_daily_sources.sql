{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'date']}]) }}

with

sessions as (
    select
        *,
        -- A site does not send visitors to itself, by whatever name of its host.
        coalesce(
            nullif(utm_source, ''), case when channel <> 'Direct' and referrer_host <> site then referrer_host end, ''
        ) as referrer
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
)

select
    user_code,
    site,
    session_day as date,
    channel,
    traffic_source,
    referrer,
    count(*) as sessions,
    count(case when is_engaged then 1 end) as engaged_sessions,
    count(case when is_bounce then 1 end) as bounces,
    count(case when conversions > 0 then 1 end) as converting_sessions,
    cast(sum(page_views) as bigint) as page_views,
    {{ exact_sum('engaged_seconds') }} as engaged_seconds
from sessions
group by user_code, site, session_day, channel, traffic_source, referrer
