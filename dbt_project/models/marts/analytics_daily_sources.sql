{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'date']}]) }}

with

sessions as (
    select
        *,
        -- A site does not send visitors to itself, under any name of its host.
        coalesce(
            nullif(utm_source, ''),
            case when channel <> 'Direct' and referrer_host <> {{ bare_host('site') }} then referrer_host end,
            ''
        ) as referrer
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
),

counts as (
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
        sum(page_views) as page_views,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from sessions
    group by user_code, site, session_day, channel, traffic_source, referrer
),

placed as (
    select
        *,
        {{ place_by_count('user_code, site, date', 'sessions', ['channel', 'traffic_source', 'referrer']) }} as place
    from counts
)

select
    user_code,
    site,
    date,
    channel,
    traffic_source,
    {{ or_other('referrer') }} as referrer,
    cast(sum(sessions) as bigint) as sessions,
    cast(sum(engaged_sessions) as bigint) as engaged_sessions,
    cast(sum(bounces) as bigint) as bounces,
    cast(sum(converting_sessions) as bigint) as converting_sessions,
    cast(sum(page_views) as bigint) as page_views,
    {{ exact_sum('engaged_seconds') }} as engaged_seconds
from placed
group by user_code, site, date, channel, traffic_source, {{ or_other('referrer') }}
