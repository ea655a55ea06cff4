-- A day was written to the lake, from what PostgreSQL held just then.
insert into lake.days (
    day, rows, checksum, bytes, schema_version, exported_at, counted_events, counted_crawlers, export_again, left_at
)
values (
    %(day)s, %(rows)s, %(checksum)s, %(bytes)s, %(schema_version)s, now(), %(events)s, %(crawlers)s, null, null
)
on conflict (day) do update
set
    rows = excluded.rows,
    checksum = excluded.checksum,
    bytes = excluded.bytes,
    schema_version = excluded.schema_version,
    exported_at = excluded.exported_at,
    counted_events = excluded.counted_events,
    counted_crawlers = excluded.counted_crawlers,
    export_again = null,
    left_at = null
