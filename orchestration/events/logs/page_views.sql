-- Which lines of a log are page views, which are sound but are not, and which cannot be read? From logged, whatever the
-- format was: one row per line, with what the line says or, where it cannot be read, why (problem).
--
-- A page view is a GET answered 200 or 304 for a path that does not end like a file ($file_endings), or that is the path
-- of a document ($documents).
create or replace temp table parsed as
with timed as (
    select
        * replace (
            case
                when problem is not null then problem
                when occurred_at < $earliest then 'the time lies before ' || year($earliest)
                when occurred_at > $latest then 'the time lies in the future'
            end as problem,
            -- Some servers write bytes beyond ASCII as \xC3.
            regexp_replace(target, '\\x([0-9A-Fa-f]{2})', '%\1', 'g') as target
        )
    from logged
),

named as (
    select
        *,
        case
            -- Only what reads like a host goes before the path: a client may say anything.
            when
                target like '/%' and host != '_'
                and regexp_full_match(host, '(?:[\w.-]{1,255}|\[[\da-fA-F:.]+\])(?::\d+)?')
                then 'http://' || host || target
            -- Some clients name the host, and no scheme.
            when regexp_full_match(target, '[\w-]+(?:\.[\w-]+)+(?::\d+)?/.*') then 'http://' || target
            else target
        end as page_url
    from timed
),

-- Of https://example.com nothing is the path: it is /.
split as (
    select
        *,
        regexp_extract(page_url, '^([a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)?([^?#]*)', ['start', 'path']) as part
    from named
),

asked as (
    select
        *,
        case when regexp_matches(part.path, '[%;]') then normal_path(part.path) else part.path end as path
    from split
)

select
    * exclude (method, host, target, part, path),
    problem is null
    and method = 'GET'
    and response_status in (200, 304)
    and (part.start != '' or path like '/%')
    and (
        regexp_extract(lower(path), '\.([^./]*)$', 1) not in (select unnest($file_endings))
        or (len($documents) > 0 and list_contains($documents, page_path(path)))
    ) as is_page_view
from asked
