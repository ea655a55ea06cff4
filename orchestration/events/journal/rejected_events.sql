-- What was refused of batches that were kept otherwise; one row per event. The id is derived from what was sent, so that
-- the same batch sent again is refused once.
select
    left(sha256(concat_ws(chr(31), site, refused_visitor, event.event_index, event.reason, event.excerpt)), 32)
        as rejected_id,
    site,
    'collector' as source,
    event.event_index::integer as event_index,
    visible(event.reason) as reason,
    masked_excerpt(event.excerpt) as excerpt,
    received_at as rejected_at
from sent_events, unnest(rejected) as unnested (event)
qualify row_number() over (partition by rejected_id) = 1
