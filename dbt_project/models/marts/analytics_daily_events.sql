{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'date']}]) }}

with

events as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day') }}
),

custom_events as (
    select * from {{ ref('int_event_sessions') }}
    where not {{ is_built_in('event_type') }} and {{ in_days('event_day') }}
),

counts as (
    select
        user_code,
        site,
        event_day as date,
        event_type,
        count(*) as event_count,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from events
    group by user_code, site, event_day, event_type
),

visitors as (
    select distinct
        user_code,
        site,
        event_day as date,
        event_type,
        visitor_id
    from custom_events
),

visitor_counts as (
    select
        user_code,
        site,
        date,
        event_type,
        count(*) as visitors
    from visitors
    group by user_code, site, date, event_type
)

select
    counts.user_code,
    counts.site,
    counts.date,
    counts.event_type,
    counts.event_count,
    visitor_counts.visitors,
    counts.engaged_seconds
from counts
left join visitor_counts
    on
        counts.user_code = visitor_counts.user_code
        and counts.site = visitor_counts.site
        and counts.date = visitor_counts.date
        and counts.event_type = visitor_counts.event_type
