-- What does each line of Caddy 2's JSON access log say? From table lines (line_number, line). Lines of Caddy's other
-- loggers may stand between; they are sound, and no requests.
create or replace temp table logged as
with documents as (
    select
        line_number,
        line,
        case
            when json_valid(line) and ltrim(line) like '{%'
                then json_transform(line, '{
                    "logger": "VARCHAR",
                    "ts": "VARCHAR",
                    "request": {
                        "client_ip": "VARCHAR", "remote_ip": "VARCHAR", "remote_addr": "VARCHAR", "method": "VARCHAR", "uri": "VARCHAR",
                        "host": "VARCHAR",
                        "headers": {"Referer": ["VARCHAR"], "User-Agent": ["VARCHAR"], "X-Forwarded-For": ["VARCHAR"]}
                    },
                    "status": "VARCHAR",
                    "size": "VARCHAR"
                }')
        end as said
    from lines
),

named as (
    select
        line_number,
        line,
        said is not null as is_json,
        -- Others, such as the reverse proxy's, tell of the same request again.
        coalesce(said.request is not null and coalesce(said.logger, 'http.log.access') like 'http.log.access%', false)
            as is_request,
        -- Behind a trusted proxy, client_ip is the visitor and remote_ip the proxy. Before 2.5, remote_addr was both.
        -- If that is in one's own network, it is a proxy that Caddy was not asked to trust.
        visitor_address(concat_ws(
            ',',
            coalesce(said.request.client_ip, said.request.remote_ip, said.request.remote_addr),
            array_to_string(said.request.headers."X-Forwarded-For", ',')
        )) as client_ip,
        logged_text(said.ts) as written_time,
        logged_text(said.request.method) as method,
        logged_text(said.request.uri) as target,
        logged_text(said.request.host) as host,
        try_cast(said.status as smallint) as response_status,
        try_cast(said.size as bigint) as response_bytes,
        logged_text(said.request.headers.Referer[1]) as referrer,
        logged_text(said.request.headers."User-Agent"[1]) as user_agent
    from documents
)

select
    * exclude (is_json, is_request, written_time),
    logged_time(written_time) as occurred_at,
    known_by(
        line_number <= $old_lines,
        written_time, null, method, target, response_status, response_bytes, referrer, user_agent
    ) as named_fields,
    case
        when not is_json and line_number = $cut_line
            then 'the last line is not whole; import the file again when the rest of it has been written'
        when not is_json then 'not a JSON object'
        when not is_request then 'empty'
        when logged_time(written_time) is null
            then 'the time (ts) cannot be read: Caddy''s time_format must name the zone, as its default does'
        when client_ip is null then 'request.remote_ip is missing, or no IP address: nobody did it'
        when method is null or target is null then 'request.method or request.uri is missing'
        when response_status is null then 'status is missing, or no number'
    end as problem
from named
