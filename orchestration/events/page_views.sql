-- Which lines of a log are page views, which are sound but are not, and which cannot be read? From logged, whatever the
-- format was: one row per line, with what the line says or, where it cannot be read, why (problem).
--
-- A page view is a GET answered 200 or 304 whose path has no extension, or one of those that pages have.
create or replace temp table parsed as
with timed as (
    select
        * replace (
            case
                when problem is not null then problem
                when occurred_at < $earliest then 'the time lies before ' || year($earliest)
                when occurred_at > $latest then 'the time lies in the future'
            end as problem
        )
    from logged
)

select
    * exclude (method, host, target),
    -- Only what reads like a host goes before the path: a client may say anything.
    case
        when target like '/%' and host != '_' and regexp_full_match(host, '(?:[\w.-]{1,255}|\[[\da-fA-F:.]+\])(?::\d+)?')
            then 'http://' || host || target
        else target
    end as page_url,
    problem is null
    and method = 'GET'
    and response_status in (200, 304)
    and regexp_extract(lower(regexp_replace(target, '[?#].*$', '')), '\.([^./]*)$', 1)
        in ('', 'html', 'htm', 'xhtml', 'php', 'asp', 'aspx') as is_page_view
from timed
