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
),

placed as (
    select
        *,
        {{ place_by_count('user_code, site, date', 'event_count', ['event_type'], first=is_built_in('event_type')) }}
            as place
    from counts
),

all_counts as (
    select
        placed.*,
        visitor_counts.visitors
    from placed
    left join visitor_counts
        on
            placed.user_code = visitor_counts.user_code
            and placed.site = visitor_counts.site
            and placed.date = visitor_counts.date
            and placed.event_type = visitor_counts.event_type
)

select
    user_code,
    site,
    date,
    {{ or_other('event_type') }} as event_type,
    cast(sum(event_count) as bigint) as event_count,
    max(case when {{ has_own_row() }} then visitors end) as visitors,
    {{ exact_sum('engaged_seconds') }} as engaged_seconds
from all_counts
group by user_code, site, date, {{ or_other('event_type') }}
