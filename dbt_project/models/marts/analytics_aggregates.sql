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
    from {{ ref('int_page_views') }}
    where {{ in_days('view_day') }}
),

sessions as (
    select
        *,
        {{ utc_hour('session_started_at') }} as start_hour
    from {{ ref('int_sessions') }}
    where {{ in_days('session_day') }} and page_views > 0
),

entities as (
    select * from {{ ref('int_page_entities') }}
    where {{ in_days('marts_day') }}
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
        visitor_id,
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
        visitor_id,
        account_id,
        page_views,
        seconds_on_page,
        timed_views
    from visitor_hours
    where entity_id is not null
),

entry_pages as (
    select
        sessions.user_code,
        sessions.site,
        sessions.session_day,
        sessions.start_hour,
        sessions.page_views,
        entities.entity_type,
        entities.entity_id
    from sessions
    left join entities
        on {{ is_entry_page('sessions', 'entities') }}
),

entries as (
    select
        user_code,
        site,
        case when grouping(entity_id) = 1 then 'site' else entity_type end as entity_type,
        case when grouping(entity_id) = 1 then site else entity_id end as entity_id,
        session_day as day,
        start_hour as hour,
        count(*) as entries,
        count(case when page_views = 1 then 1 end) as bounces
    from entry_pages
    group by
        user_code, site, session_day,
        grouping sets ((), (start_hour), (entity_type, entity_id), (entity_type, entity_id, start_hour))
),

-- Counts of a visitor, and entries of an hour, always fit in an integer; PostgreSQL adds big integers as decimals. A
-- session may start shortly before midnight or the full hour, and view its first page after.
counted as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        day,
        hour,
        cast(page_views as integer) as page_views,
        visitor_id,
        account_id,
        seconds_on_page,
        cast(timed_views as integer) as timed_views,
        0 as entries,
        0 as bounces
    from visitors

    union all

    select
        user_code,
        site,
        entity_type,
        entity_id,
        day,
        hour,
        0 as page_views,
        null as visitor_id,
        null as account_id,
        null as seconds_on_page,
        0 as timed_views,
        cast(entries as integer) as entries,
        cast(bounces as integer) as bounces
    from entries
    where entity_id is not null
),

summed as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        day,
        hour,
        sum(page_views) as page_views,
        -- One row each.
        count(visitor_id) as visitors,
        count(account_id) as accounts,
        {{ exact_sum('seconds_on_page') }} as seconds_on_page,
        sum(timed_views) as timed_views,
        sum(entries) as entries,
        sum(bounces) as bounces
    from counted
    group by user_code, site, entity_type, entity_id, day, hour
)

select
    user_code,
    site,
    entity_type,
    entity_id,
    day as date,
    hour,
    cast(page_views as bigint) as total_views,
    visitors as unique_visitors,
    accounts as unique_accounts,
    visitors - accounts as anonymous_visitors,
    seconds_on_page,
    cast(timed_views as bigint) as timed_views,
    seconds_on_page / nullif(timed_views, 0) as avg_time_on_page,
    cast(entries as bigint) as entries,
    cast(bounces as bigint) as bounces,
    cast(bounces as double precision) / nullif(entries, 0) as bounce_rate
from summed
