{{
    config(
        day_column='date',
        indexes=[{'columns': ['date']}, {'columns': ['entity_id', 'date']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

visitor_days as (
    select * from {{ ref('visitor_days') }}
    where {{ in_days('day') }}
),

page_views as (
    select
        *,
        {{ utc_hour('viewed_at') }} as view_hour
    from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
),

sessions as (
    select
        *,
        {{ utc_hour('first_seen') }} as start_hour
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }} and page_views > 0
),

visitor_hours as (
    select
        view_day as day,
        view_hour as hour,
        user_code,
        site,
        case when grouping(entity_id) = 1 then 'site' else entity_type end as entity_type,
        case when grouping(entity_id) = 1 then site else entity_id end as entity_id,
        visitor_id,
        max(account_id) as account_id,
        count(*) as page_views,
        {{ exact_sum('time_on_page') }} as seconds_on_page,
        count(time_on_page) as timed_views
    from page_views
    group by view_day, view_hour, user_code, site, visitor_id, grouping sets ((), (entity_type, entity_id))
),

visitors as (
    select
        day,
        cast(null as smallint) as hour,
        user_code,
        site,
        entity_type,
        entity_id,
        account_id,
        page_views,
        seconds_on_page,
        timed_views
    from visitor_days

    union all

    select
        day,
        hour,
        user_code,
        site,
        entity_type,
        entity_id,
        account_id,
        page_views,
        seconds_on_page,
        timed_views
    from visitor_hours
    where entity_id is not null
),

views as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        day as date,
        hour,
        sum(page_views) as total_views,
        count(*) as unique_visitors,
        count(account_id) as unique_accounts,
        {{ exact_sum('seconds_on_page') }} as seconds_on_page,
        sum(timed_views) as timed_views
    from visitors
    group by user_code, site, entity_type, entity_id, day, hour
),

entries as (
    select
        user_code,
        site,
        case when grouping(entry_entity_id) = 1 then 'site' else entry_entity_type end as entity_type,
        case when grouping(entry_entity_id) = 1 then site else entry_entity_id end as entity_id,
        session_day as date,
        start_hour as hour,
        count(*) as entries,
        count(case when is_bounce then 1 end) as bounces
    from sessions
    group by
        user_code, site, session_day,
        grouping sets (
            (), (start_hour), (entry_entity_type, entry_entity_id), (entry_entity_type, entry_entity_id, start_hour)
        )
),

-- A session may start shortly before midnight or the full hour, and view its first page after.
counted as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        date,
        hour,
        total_views,
        unique_visitors,
        unique_accounts,
        seconds_on_page,
        timed_views,
        0 as entries,
        0 as bounces
    from views

    union all

    select
        user_code,
        site,
        entity_type,
        entity_id,
        date,
        hour,
        0 as total_views,
        0 as unique_visitors,
        0 as unique_accounts,
        null as seconds_on_page,
        0 as timed_views,
        entries,
        bounces
    from entries
    where entity_id is not null
)

select
    user_code,
    site,
    entity_type,
    entity_id,
    date,
    hour,
    cast(sum(total_views) as bigint) as total_views,
    cast(sum(unique_visitors) as bigint) as unique_visitors,
    cast(sum(unique_accounts) as bigint) as unique_accounts,
    cast(sum(unique_visitors - unique_accounts) as bigint) as anonymous_visitors,
    max(seconds_on_page) as seconds_on_page,
    cast(sum(timed_views) as bigint) as timed_views,
    max(seconds_on_page) / nullif(sum(timed_views), 0) as avg_time_on_page,
    cast(sum(entries) as bigint) as entries,
    cast(sum(bounces) as bigint) as bounces,
    cast(sum(bounces) as double precision) / nullif(sum(entries), 0) as bounce_rate
from counted
group by user_code, site, entity_type, entity_id, date, hour
