-- Delete what a visitor left: one row per table, with how many rows were deleted and their first and last time; for
-- raw.events also the UTC days whose marts counted them (crawlers are in none).
--
-- A row is the visitor's if one of its ids is %(id)s. An id that looks like an e-mail address is kept as a hash, as
-- opaque_id in duckdb_macros.sql makes it. %(uuid)s is the id if it is a UUID, %(site)s NULL for every site.
with own as materialized (
    select
        event_id,
        occurred_at,
        client_occurred_at,
        site,
        coalesce(account_id, client_visitor_id, anonymous_id::text) as visitor_id
    from raw.events
    where
        (%(site)s::text is null or site = %(site)s)
        and (
            %(id)s in (account_id, client_visitor_id)
            or %(uuid)s::uuid in (anonymous_id, previous_anonymous_id)
            or (
                (account_id like 'hashed-%%' or client_visitor_id like 'hashed-%%')
                and 'hashed-' || left(encode(sha256(convert_to(site || '|' || %(id)s, 'UTF8')), 'hex'), 32)
                in (account_id, client_visitor_id)
            )
        )
),

events as (
    delete from raw.events using own
    where events.event_id = own.event_id and events.occurred_at = own.occurred_at and events.site = own.site
    returning events.occurred_at as at, events.is_bot
),

counted as (
    insert into raw.day_counts (day, events, crawlers)
    select (at at time zone 'UTC')::date, -count(*) filter (where not is_bot), -count(*) filter (where is_bot)
    from events
    group by 1
),

corrected_events as (
    delete from raw.corrected_events using own
    where
        corrected_events.event_id = own.event_id
        and corrected_events.site = own.site
        and own.client_occurred_at is not null
    returning own.occurred_at as at
),

-- No copy of the deleted rows may stay under the visitor's other ids.
visitors as (
    delete from live.visitors
    where
        (%(site)s::text is null or site = %(site)s)
        and (
            visitor_id in (%(id)s, %(uuid)s::uuid::text)
            or visitor_id = 'hashed-' || left(encode(sha256(convert_to(site || '|' || %(id)s, 'UTF8')), 'hex'), 32)
            or (site, visitor_id) in (select own.site, own.visitor_id from own)
        )
    returning last_seen_at as at
),

notifications as (
    delete from ops.notifications
    where
        (%(site)s::text is null or site = %(site)s)
        and account_id in (
            %(id)s, 'hashed-' || left(encode(sha256(convert_to(site || '|' || %(id)s, 'UTF8')), 'hex'), 32)
        )
    returning notification_id, created_at as at
),

-- They are deleted with their notifications; this statement still sees them.
attempts as (
    select started_at as at
    from ops.notification_attempts
    where notification_id in (select notification_id from notifications)
),

-- As a whole word: 47 is not 4711.
rejected_events as (
    delete from raw.rejected_events
    where
        (%(site)s::text is null or site = %(site)s)
        and position(lower(%(id)s) in lower(concat_ws(' ', reason, excerpt))) > 0
        and concat_ws(' ', reason, excerpt) ~* (
            '(^|[^[:alnum:]_-])' || regexp_replace(%(id)s, '([^[:alnum:]])', '\\\1', 'g') || '($|[^[:alnum:]_-])'
        )
    returning rejected_at as at
),

removed as (
    select 'raw.events' as of_table, at, not is_bot as in_marts from events
    union all
    select 'raw.corrected_events', at, false from corrected_events
    union all
    select 'raw.rejected_events', at, false from rejected_events
    union all
    select 'live.visitors', at, false from visitors
    union all
    select 'ops.notifications', at, false from notifications
    union all
    select 'ops.notification_attempts', at, false from attempts
)

select
    of_table,
    count(*) as row_count,
    (min(at) at time zone 'UTC')::date as first_day,
    (max(at) at time zone 'UTC')::date as last_day,
    coalesce(array_agg(distinct (at at time zone 'UTC')::date) filter (where in_marts), '{}') as days
from removed
group by of_table
order by array_position(array['raw.events', 'raw.corrected_events', 'raw.rejected_events', 'live.visitors'], of_table), of_table
