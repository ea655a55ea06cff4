-- The rows for raw.rejected_events, from rejected. The id is derived from the place and the reason, so that the same
-- failure met again is kept once.
select
    left(sha256(concat_ws(chr(31), $file_id, line_number, event_index, reason)), 32) as rejected_id,
    $import_id::bigint as import_id,
    $site as site,
    $source as source,
    $file as file,
    line_number,
    event_index::integer as event_index,
    left(kept_text(reason), 500) as reason,
    masked_excerpt(line) as excerpt
from rejected
