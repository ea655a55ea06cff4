-- What does each line of an access log (combined or common format) say? From table lines (line_number, line). What all
-- lines say together is asked by itself: a window over a file of tiny lines takes longer than all the rest.
create or replace temp table logged as
with matched as (
    select
        line_number,
        line,
        regexp_extract(
            line,
            -- front [time] "request" status bytes, then perhaps "referrer" "user agent", then fields of which only forwarded
            -- addresses are read. Inside quotes a backslash escapes. Only a user agent may end in any way: some servers
            -- cut it, or leave quotes in it. Escapes of terminals in front have brackets, too.
            '^(.*?)\[(\d[^\[\]]*)\] +"((?:[^"\\]|\\.)*)" +(\d{3}) +(\d+|-)'
            '(?:( +")((?:[^"\\]|\\.)*)" +"(?:((?:[^"\\]|\\.)*)"( .*)?|(.*?)("(?: (?:"[^"]*"|[^"\s]+))*)?))?\s*$',
            [
                'front', 'time', 'request', 'status', 'bytes',
                'combined', 'referrer', 'user_agent', 'rest', 'odd_user_agent', 'odd_end'
            ]
        ) as part
    from lines
),

fronted as materialized (
    select
        *,
        case
            when part.status = '' then null
            -- Most fronts are as short as this, and Python is asked of the others alone.
            when regexp_full_match(
                part.front, '(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}) - - '
            )
                then struct_pack(
                    host := null::varchar,
                    address := split_part(part.front, ' ', 1),
                    next_address := null::varchar,
                    names := ' - - '
                )
            else front_of_line(part.front)
        end as front
    from matched
),

file as (
    select
        bool_or(front.host is not null) as names_hosts,
        bool_or(part.referrer != '') as is_combined
    from fronted
),

addressed as (
    select
        fronted.*,
        file.is_combined,
        -- Two public addresses: in a file whose lines begin with hosts, the first is the host.
        front.next_address is not null and file.names_hosts as begins_with_host,
        case when begins_with_host then front.next_address else front.address end as address
    from fronted
    cross join file
),

timed as (
    select
        *,
        -- Python is asked of addresses that may be in one's own network, and were forwarded another.
        case
            when
                contains(part.rest || part.odd_end, '"')
                and (address is null or regexp_matches(address, '^(?:(?:0|10|100|127|169|172|192)\.|::|f)'))
                then visitor_address(array_to_string(
                    [address] || regexp_extract_all(part.rest || part.odd_end, '"([^"]*\d[.:][^"]*)"', 1), ','
                ))
            else address
        end as client_ip,
        logged_time(part.time) as occurred_at,
        requested(part.request) as request
    from addressed
)

select
    line_number,
    line,
    occurred_at,
    client_ip,
    request.method as method,
    case when begins_with_host then regexp_extract(part.front, '^\S+') else front.host end as host,
    request.target as target,
    try_cast(part.status as smallint) as response_status,
    try_cast(part.bytes as bigint) as response_bytes,
    nullif(nullif(part.referrer, '-'), '') as referrer,
    nullif(nullif(part.user_agent || part.odd_user_agent, '-'), '') as user_agent,
    case
        when line_number <= $old_lines then regexp_replace(line, '^\S+', '')
        else
            front.names || '[' || part.time || '] "' || query_without_addresses(part.request) || '" '
            || part.status || ' ' || part.bytes
            || case
                when part.combined = '' then ''
                else
                    ' "' || query_without_addresses(part.referrer) || '" "' || part.user_agent || part.odd_user_agent
                    || case when part.odd_user_agent != '' and part.odd_end = '' then '' else '"' end
            end
    end as named_fields,
    case
        when line_number = $cut_line and is_combined and not regexp_matches(line, '"\s*$')
            then 'the last line is not whole; import the file again when the rest of it has been written'
        when part.status = '' then 'not a line of the combined or common log format'
        when occurred_at is null then 'the time cannot be read'
        when client_ip is null then 'the line begins with no IP address: nobody did it'
    end as problem
from timed
