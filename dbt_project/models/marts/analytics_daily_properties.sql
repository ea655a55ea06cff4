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
)

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
