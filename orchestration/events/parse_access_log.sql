-- What does each line of an access log (combined or common format) say? From table lines (line_number, line).
create or replace temp table logged as
with matched as (
    select
        line_number,
        line,
        regexp_extract(
            line,
            -- host ident user [time] "request" status bytes, then perhaps "referrer" "user agent". Inside quotes a
            -- backslash escapes. Only a user agent may end in any way: some servers cut it, or leave quotes in it.
            '^(\S+) \S+ .*? ?\[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)'
            '(?: "((?:[^"\\]|\\.)*)" "(?:((?:[^"\\]|\\.)*)"(?: .*)?|(.*?)"?))?\s*$',
            ['client_ip', 'time', 'request', 'status', 'bytes', 'referrer', 'user_agent', 'odd_user_agent']
        ) as part
    from lines
),

timed as (
    select
        *,
        try_strptime(part.time, '%d/%b/%Y:%H:%M:%S %z') as occurred_at,
        bool_or(part.referrer != '') over () as is_combined,
        regexp_extract(part.request, '^(\S+) (\S+)', ['method', 'target']) as request
    from matched
)

select
    line_number,
    line,
    occurred_at,
    part.client_ip as client_ip,
    request.method as method,
    null::varchar as host,
    request.target as target,
    try_cast(part.status as smallint) as response_status,
    try_cast(part.bytes as bigint) as response_bytes,
    nullif(nullif(part.referrer, '-'), '') as referrer,
    nullif(nullif(part.user_agent || part.odd_user_agent, '-'), '') as user_agent,
    -- Not the address, since a hash of it could be searched for.
    md5(regexp_replace(line, '^\S+', '')) as content_digest,
    case
        when trim(line) = '' then 'empty'
        when line_number = $cut_line and is_combined and not regexp_matches(line, '"\s*$')
            then 'the last line is not whole; import the file again when the rest of it has been written'
        when part.client_ip = '' then 'not a line of the combined or common log format'
        when occurred_at is null then 'the time cannot be read'
    end as problem
from timed
