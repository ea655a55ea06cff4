{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['entity_id', 'date']}]) }}

with

clicks as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        click_day as date,
        device_type,
        'click' as kind,
        pointer_x,
        pointer_y,
        viewport_width
    from {{ ref('analytics_clicks') }}
    where {{ in_days('click_day') }}
),

moves as (
    select
        events.user_code,
        events.site,
        entities.entity_type,
        entities.entity_id,
        events.event_day as date,
        events.device_type,
        'move' as kind,
        events.pointer_x,
        events.pointer_y,
        events.viewport_width
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_page_entities') }} as entities
        on {{ is_page('events', 'entities') }}
    where
        events.event_type = 'heatmap'
        and not events.is_bot
        and {{ at_days('events.occurred_at') }}
        and {{ in_days('entities.marts_day') }}
),

points as (
    select * from clicks
    union all
    select * from moves
),

spots as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        date,
        coalesce(device_type, '') as device_type,
        kind,
        cast(least({{ whole_quotient('100 * pointer_x', 'viewport_width') }}, 99) as smallint) as x_percent,
        pointer_y - pointer_y % 50 as y_band
    from points
    where entity_id is not null and pointer_x is not null and pointer_y is not null and viewport_width > 0
),

counts as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        date,
        device_type,
        kind,
        x_percent,
        y_band,
        count(*) as points
    from spots
    group by user_code, site, entity_type, entity_id, date, device_type, kind, x_percent, y_band
),

placed as (
    select
        *,
        {{ place_by_count(
            'date, user_code, site', 'points', ['entity_type', 'entity_id', 'device_type', 'kind'],
            numbers=['x_percent', 'y_band']
        ) }} as place
    from counts
)

-- No row of a spot has the key of the others' row: that has no place.
select
    user_code,
    site,
    entity_type,
    entity_id,
    date,
    device_type,
    kind,
    x_percent,
    y_band,
    points
from placed
where {{ has_own_row('most_spots') }}

union all

select
    user_code,
    site,
    'page' as entity_type,
    '(other)' as entity_id,
    date,
    '(other)' as device_type,
    kind,
    cast(null as smallint) as x_percent,
    cast(null as integer) as y_band,
    cast(sum(points) as bigint) as points
from placed
where not {{ has_own_row('most_spots') }}
group by user_code, site, date, kind
