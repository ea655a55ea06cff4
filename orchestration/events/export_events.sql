-- The rows for raw.events, from prepared. An event that came without an id gets one from its place and content: the time
-- first, as in a UUIDv7, then a hash of the file and of the line.
select
    * exclude (event_index, content_digest) replace (
        coalesce(site, $site) as site,
        coalesce(user_code, $user_code) as user_code,
        coalesce(
            event_id,
            timed_id(occurred_at, sha256(concat_ws(chr(31), $file_id, line_number, event_index, content_digest)))
        ) as event_id
    ),
    $source as source,
    $import_id::bigint as import_id
from prepared
