-- What some files of the journal hold: one row per event that was accepted, in columns of EVENT_INPUT, and beside the
-- first event of a line what was refused of it. A line without events is a row too, so that somebody notices.
create or replace temp table sent_events as
with lines as (
    select
        * exclude (events, rejected)
        rename (
            user_agent as line_user_agent,
            country_code as line_country_code,
            region as line_region,
            city as line_city
        ),
        unnest(if(len(events) > 0, events, [null])) as event,
        unnest([rejected]) as rejected
    from read_json($files, format = 'newline_delimited', maximum_object_size = 67108864, columns = {columns})
),

-- Most lines are of one day, and have one visitor.
visited as (
    select
        * exclude (event),
        event.type as event_type,
        event.client_occurred_at as client_occurred_at,
        case
            when event.visitor is not null then event.visitor
            when visitors[1].day = utc(event.data.occurred_at)::date then visitors[1]
            else list_filter(visitors, lambda it: it.day = utc(event.data.occurred_at)::date)[1]
        end as visitor,
        unnest(event.data)
    from lines
)

select
    * exclude (client_ip, visitors, visitor, line_user_agent, line_country_code, line_region, line_city)
    replace (
        coalesce(user_agent, line_user_agent) as user_agent,
        coalesce(country_code, line_country_code) as country_code,
        coalesce(region, line_region) as region,
        coalesce(city, line_city) as city
    ),
    visitor.anonymous_id as anonymous_id,
    visitor.previous_anonymous_id as previous_anonymous_id,
    case when rejected is not null then visitors[1].anonymous_id end as refused_visitor
from visited
