-- A day of a table was written to the lake, from what PostgreSQL held just then.
insert into lake.days (
    of_table, day, rows, checksum, bytes, schema_version, exported_at, counted_events, counted_crawlers, built_at,
    export_again, left_at
)
values (
    %(table)s, %(day)s, %(rows)s, %(checksum)s, %(bytes)s, %(schema_version)s, now(), %(events)s, %(crawlers)s,
    %(built_at)s, null, null
)
on conflict (of_table, day) do update
set
    rows = excluded.rows,
    checksum = excluded.checksum,
    bytes = excluded.bytes,
    schema_version = excluded.schema_version,
    exported_at = excluded.exported_at,
    counted_events = excluded.counted_events,
    counted_crawlers = excluded.counted_crawlers,
    built_at = excluded.built_at,
    export_again = null,
    left_at = null
