-- The rows for raw.events, from prepared. An event that came without an id gets one from its place and content: the time
-- first, as in a UUIDv7, then a hash of the file and of the line.
with hashed as (
    select
        *,
        sha256(concat_ws(chr(31), $file_id, line_number, event_index, content_digest)) as digest
    from prepared
)

select
    * exclude (event_index, content_digest, digest) replace (
        coalesce(
            event_id, printf('%012x', epoch_ms(occurred_at)) || '8' || left(digest, 3) || '8' || substr(digest, 4, 15)
        ) as event_id
    ),
    $source as source,
    $site as site,
    $user_code as user_code,
    $import_id::bigint as import_id
from hashed
order by occurred_at
