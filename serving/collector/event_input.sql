-- One row per event that was accepted, in the columns of EVENT_INPUT.
create or replace temp table event_input as
with events as (
    select
        lines.* exclude (visitors, events, rejected),
        event.type as event_type,
        event.data as data,
        event.client_occurred_at as client_occurred_at,
        coalesce(
            event.visitor,
            list_filter(visitors, lambda it: it.day = (event.data.occurred_at at time zone 'UTC')::date)[1]
        ) as visitor
    from lines, unnest(events) as unnested (event)
)

select
    data.* exclude (user_agent, country_code, region, city, client_ip),
    event_type,
    site,
    user_code,
    received_at,
    client_occurred_at,
    visitor.anonymous_id as anonymous_id,
    visitor.previous_anonymous_id as previous_anonymous_id,
    coalesce(data.user_agent, user_agent) as user_agent,
    coalesce(data.country_code, country_code) as country_code,
    coalesce(data.region, region) as region,
    coalesce(data.city, city) as city
from events
union all by name
from no_events
