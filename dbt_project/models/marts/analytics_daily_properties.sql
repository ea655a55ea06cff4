{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'event_type', 'date']}]) }}

with

events as (
    select * from {{ ref('analytics_custom_events') }}
    where properties is not null and {{ in_days('event_day') }}
),

properties as (
    select
        events.user_code,
        events.site,
        events.event_day as date,
        events.event_type,
        events.visitor_id,
        pairs.property,
        left(pairs.value, 200) as value
    from events
    {{ each_property('events.properties', 'pairs') }}
),

counts as (
    select
        user_code,
        site,
        date,
        event_type,
        property,
        value,
        count(*) as event_count,
        count(distinct visitor_id) as visitors
    from properties
    where value is not null
    group by user_code, site, date, event_type, property, value
),

placed as (
    select
        *,
        {{ place_by_count('user_code, site, date', 'event_count', ['event_type', 'property', 'value']) }} as place
    from counts
)

select
    user_code,
    site,
    date,
    {{ or_other('event_type') }} as event_type,
    {{ or_other('property') }} as property,
    {{ or_other('value') }} as value,
    cast(sum(event_count) as bigint) as event_count,
    max(case when {{ has_own_row() }} then visitors end) as visitors
from placed
group by user_code, site, date, {{ or_other('event_type') }}, {{ or_other('property') }}, {{ or_other('value') }}
