{{
    config(
        day_column='day',
        indexes=[{'columns': ['day']}, {'columns': ['entity_id', 'day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- 8 bytes for each visitor, so that they can be counted over any range of days, however long ago.
with

visitor_days as (
    select * from {{ ref('visitor_days') }}
    where {{ in_days('day') }}
),

sets as (
    select
        day,
        user_code,
        site,
        entity_type,
        entity_id,
        array_agg({{ visitor_key('visitor_id') }}) as visitor_keys
    from visitor_days
    group by day, user_code, site, entity_type, entity_id
)

select
    day,
    user_code,
    site,
    entity_type,
    entity_id,
    {{ sorted_numbers('visitor_keys') }} as visitor_keys
from sets
