-- What does each line say of a log with one JSON object a line, whose fields have no fields? nginx writes it with
-- log_format … escape=json, Traefik by itself, Apache by a LogFormat. From table lines (line_number, line). The names are
-- those of nginx's variables, those of Traefik's fields, and a few that are as common.
create or replace temp table logged as
with documents as (
    select
        line_number,
        line,
        case
            when json_valid(line) and ltrim(line) like '{%'
                then json_transform(line, '{
                    "remote_addr": "VARCHAR", "client_ip": "VARCHAR", "remote_ip": "VARCHAR", "remoteIP": "VARCHAR",
                    "ClientHost": "VARCHAR",
                    "http_x_forwarded_for": "VARCHAR", "x_forwarded_for": "VARCHAR", "request_X-Forwarded-For": "VARCHAR",
                    "time_iso8601": "VARCHAR", "time_local": "VARCHAR", "msec": "VARCHAR", "time": "VARCHAR",
                    "timestamp": "VARCHAR", "@timestamp": "VARCHAR", "StartUTC": "VARCHAR",
                    "request": "VARCHAR", "request_method": "VARCHAR", "method": "VARCHAR", "RequestMethod": "VARCHAR",
                    "request_uri": "VARCHAR", "uri": "VARCHAR", "RequestPath": "VARCHAR",
                    "args": "VARCHAR", "query_string": "VARCHAR", "query": "VARCHAR",
                    "status": "VARCHAR", "DownstreamStatus": "VARCHAR",
                    "body_bytes_sent": "VARCHAR", "bytes_sent": "VARCHAR", "DownstreamContentSize": "VARCHAR",
                    "http_referer": "VARCHAR", "http_referrer": "VARCHAR", "referer": "VARCHAR", "referrer": "VARCHAR",
                    "request_Referer": "VARCHAR",
                    "http_user_agent": "VARCHAR", "user_agent": "VARCHAR", "userAgent": "VARCHAR",
                    "request_User-Agent": "VARCHAR",
                    "host": "VARCHAR", "http_host": "VARCHAR", "server_name": "VARCHAR", "RequestHost": "VARCHAR"
                }')
        end as said
    from lines
),

named as (
    select
        line_number,
        line,
        said is not null as is_json,
        -- The address of a proxy in one's own network stands before those that it forwards.
        visitor_address(concat_ws(
            ',',
            coalesce(said.remote_addr, said.client_ip, said.remote_ip, said.remoteIP, said.ClientHost),
            said.http_x_forwarded_for, said.x_forwarded_for, said."request_X-Forwarded-For"
        )) as client_ip,
        -- Apache writes its times in brackets.
        trim(logged_text(coalesce(
            said.time_iso8601, said.msec, said.time_local, said.StartUTC, said.time, said.timestamp,
            said."@timestamp"
        )), '[]') as written_time,
        requested(logged_text(said.request)) as request,
        -- For the ids of events.
        regexp_extract(logged_text(said.request), '^(\S+) (\S+)', ['method', 'target']) as first_words,
        logged_text(coalesce(said.request_method, said.method, said.RequestMethod)) as method,
        coalesce(
            logged_text(coalesce(said.request_uri, said.RequestPath)),
            logged_text(coalesce(said.uri, case when said.request like '/%' then said.request end))
                || coalesce(
                    '?' || ltrim(logged_text(coalesce(said.args, said.query_string, said.query)), '?'), ''
                )
        ) as target,
        logged_text(coalesce(said.host, said.http_host, said.server_name, said.RequestHost)) as host,
        try_cast(coalesce(said.status, said.DownstreamStatus) as smallint) as response_status,
        try_cast(coalesce(said.body_bytes_sent, said.bytes_sent, said.DownstreamContentSize) as bigint)
            as response_bytes,
        logged_text(coalesce(
            said.http_referer, said.http_referrer, said.referer, said.referrer, said.request_Referer
        )) as referrer,
        logged_text(coalesce(
            said.http_user_agent, said.user_agent, said.userAgent, said."request_User-Agent"
        )) as user_agent
    from documents
)

select
    * exclude (is_json, written_time, request, first_words, method, target),
    logged_time(written_time) as occurred_at,
    coalesce(method, nullif(request.method, '')) as method,
    -- The line of the request holds what was asked for; uri alone is what nginx made of it.
    coalesce(nullif(request.target, ''), target) as target,
    known_by(
        line_number <= $old_lines,
        written_time, first_words, method, target, response_status, response_bytes, referrer, user_agent
    ) as named_fields,
    case
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
