-- Which lines of a log does another file of the site hold as well? They are deleted from pg_temp.loading: rotated logs
-- that were joined, or cut into several, have the same lines in a file with another beginning.
--
-- Two servers may write the same line in one second, for two visitors, and addresses are not kept. So one line that
-- another file holds too is not a copy; two in a row are.
with mine as (
    select
        event_id,
        occurred_at,
        site,
        row(page_host, page_path, utm_source, utm_medium, utm_campaign, utm_term, utm_content, referrer_host,
            referrer_path, user_agent, response_status::smallint, response_bytes::bigint)::text as content,
        row_number() over (order by line_number) as place,
        line_number
    from pg_temp.loading
),

counted as (
    select
        *,
        row_number() over (partition by occurred_at, content order by line_number) as copy
    from mine
),

theirs as (
    select
        events.occurred_at,
        row(page_host, page_path, utm_source, utm_medium, utm_campaign, utm_term, utm_content, referrer_host,
            referrer_path, user_agent, response_status, response_bytes)::text as content,
        imports.file_id,
        events.line_number
    from raw.events
    inner join raw.imports using (import_id)
    where
        events.site = (select site from pg_temp.loading limit 1)
        and events.occurred_at >= (select min(occurred_at) from pg_temp.loading)
        and events.occurred_at <= (select max(occurred_at) from pg_temp.loading)
        and events.source in (select source from pg_temp.loading)
        and imports.file_id::text != $1
),

their_count as (
    select
        occurred_at,
        content,
        row_number() over (partition by file_id, occurred_at, content order by line_number) as copy
    from theirs
),

found as (
    select
        event_id,
        place
    from counted
    where (occurred_at, content, copy) in (select occurred_at, content, copy from their_count)
),

in_a_row as (
    select
        event_id,
        place - lag(place) over (order by place) = 1 or lead(place) over (order by place) - place = 1 as has_neighbour
    from found
)

delete from pg_temp.loading where event_id in (select event_id from in_a_row where has_neighbour)
