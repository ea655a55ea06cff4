-- What does each line of a CloudFront standard log say? From table lines (line_number, line). Fields are separated by
-- tabs, and named by the last line before them that begins with #Fields: — in $fields, where it came in an earlier chunk.
create or replace temp table logged as
with headers as (
    select
        line_number,
        list_filter(string_split_regex(line, '\s+'), lambda name: name not in ('#Fields:', '')) as names
    from (
        select line_number, line from lines where line like '#Fields:%'
        union all
        select 0, $fields where $fields is not null
    )
),

split as (
    select
        line_number,
        line,
        string_split(rtrim(line, chr(13)), chr(9)) as field
    from lines
),

named as (
    select
        s.line_number,
        s.line,
        len(h.names) as fields_named,
        len(s.field) as fields_found,
        logged_text(s.field[list_position(h.names, 'date')]) || 'T'
            || logged_text(s.field[list_position(h.names, 'time')]) || 'Z' as written_time,
        -- Python is asked of sound lines alone.
        case when fields_found = fields_named then visitor_address(s.field[list_position(h.names, 'c-ip')]) end
            as client_ip,
        logged_text(s.field[list_position(h.names, 'cs-method')]) as method,
        logged_text(s.field[list_position(h.names, 'x-host-header')]) as host,
        undoubled(logged_text(s.field[list_position(h.names, 'cs-uri-stem')])
            || coalesce('?' || logged_text(s.field[list_position(h.names, 'cs-uri-query')]), '')) as target,
        try_cast(s.field[list_position(h.names, 'sc-status')] as smallint) as response_status,
        try_cast(s.field[list_position(h.names, 'sc-bytes')] as bigint) as response_bytes,
        undoubled(logged_text(s.field[list_position(h.names, 'cs(Referer)')])) as referrer,
        -- Some logs encode it twice.
        percent_decoded(undoubled(logged_text(s.field[list_position(h.names, 'cs(User-Agent)')]))) as user_agent
    from split as s
    asof left join headers as h on h.line_number <= s.line_number
)

select
    * exclude (written_time, fields_named, fields_found, referrer),
    case when regexp_matches(referrer, '^[a-zA-Z]+%3[aA]') then percent_decoded(referrer) else referrer end as referrer,
    logged_time(written_time) as occurred_at,
    known_by(
        line_number <= $old_lines,
        written_time, null, method, target, response_status, response_bytes, referrer, user_agent
    ) as named_fields,
    case
        when line like '#%' then 'empty'
        when fields_named is null then 'no line before it names the fields (#Fields:)'
        when line_number = $cut_line and fields_found < fields_named
            then 'the last line is not whole; import the file again when the rest of it has been written'
        when fields_found != fields_named
            then 'the line has ' || fields_found || ' fields, and #Fields: names ' || fields_named
        when logged_time(written_time) is null then 'the time (date, time) cannot be read'
        when client_ip is null then 'c-ip is missing, or no IP address: nobody did it'
        when method is null or target is null then 'cs-method or cs-uri-stem is missing'
        when response_status is null then 'sc-status is missing, or no number'
    end as problem
from named
-- An asof join gives rows in any order; events are loaded in that of their lines.
order by line_number
