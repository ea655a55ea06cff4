-- What does each line say that nginx wrote as JSON (log_format … escape=json)? From table lines (line_number, line). The
-- names are those that nginx has for its variables, and a few that are as common.
create or replace temp table logged as
with documents as (
    select
        line_number,
        line,
        case
            when json_valid(line) and ltrim(line) like '{%'
                then json_transform(line, '{
                    "remote_addr": "VARCHAR", "client_ip": "VARCHAR", "remote_ip": "VARCHAR",
                    "time_iso8601": "VARCHAR", "time_local": "VARCHAR", "msec": "VARCHAR", "time": "VARCHAR",
                    "timestamp": "VARCHAR", "@timestamp": "VARCHAR",
                    "request": "VARCHAR", "request_method": "VARCHAR", "method": "VARCHAR", "request_uri": "VARCHAR",
                    "uri": "VARCHAR", "args": "VARCHAR", "query_string": "VARCHAR",
                    "status": "VARCHAR", "body_bytes_sent": "VARCHAR", "bytes_sent": "VARCHAR",
                    "http_referer": "VARCHAR", "http_referrer": "VARCHAR", "referer": "VARCHAR", "referrer": "VARCHAR",
                    "http_user_agent": "VARCHAR", "user_agent": "VARCHAR",
                    "host": "VARCHAR", "http_host": "VARCHAR", "server_name": "VARCHAR"
                }')
        end as said
    from lines
),

named as (
    select
        line_number,
        line,
        said is not null as is_json,
        visitor_address(coalesce(said.remote_addr, said.client_ip, said.remote_ip)) as client_ip,
        logged_text(coalesce(
            said.time_iso8601, said.msec, said.time_local, said.time, said.timestamp, said."@timestamp"
        )) as written_time,
        regexp_extract(logged_text(said.request), '^(\S+) (\S+)', ['method', 'target']) as request,
        logged_text(coalesce(said.request_method, said.method)) as method,
        coalesce(
            logged_text(said.request_uri),
            logged_text(said.uri) || coalesce('?' || logged_text(coalesce(said.args, said.query_string)), '')
        ) as target,
        logged_text(coalesce(said.host, said.http_host, said.server_name)) as host,
        try_cast(said.status as smallint) as response_status,
        try_cast(coalesce(said.body_bytes_sent, said.bytes_sent) as bigint) as response_bytes,
        logged_text(coalesce(said.http_referer, said.http_referrer, said.referer, said.referrer)) as referrer,
        logged_text(coalesce(said.http_user_agent, said.user_agent)) as user_agent
    from documents
)

select
    * exclude (is_json, written_time, request, method, target),
    logged_time(written_time) as occurred_at,
    coalesce(method, nullif(request.method, '')) as method,
    -- The line of the request holds what was asked for; uri alone is what nginx made of it.
    coalesce(nullif(request.target, ''), target) as target,
    known_by(
        line_number <= $old_lines,
        written_time, request, method, target, response_status, response_bytes, referrer, user_agent
    ) as named_fields,
    case
        when trim(line) = '' then 'empty'
        when not is_json and line_number = $cut_line
            then 'the last line is not whole; import the file again when the rest of it has been written'
        when not is_json then 'not a JSON object; nginx writes JSON only with escape=json'
        when logged_time(written_time) is null
            then 'the time cannot be read: log time_iso8601, time_local or msec'
        when client_ip is null then 'remote_addr is missing, or no IP address: nobody did it'
        when coalesce(method, request.method, '') = '' or coalesce(target, request.target, '') = ''
            then 'request, or request_method and request_uri, is missing'
        when response_status is null then 'status is missing, or no number'
    end as problem
from named
