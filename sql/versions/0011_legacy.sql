-- More formats of logs, and the old table of JSON documents: what the columns say of them.

comment on column raw.imports.format is
'access_log (combined or common), nginx_json, caddy_json, cloudfront, ndjson (the collector''s format), or legacy (the old table analytics_events, or a dump of it).';
comment on column raw.imports.file is
'Path of the file as it was given; for the old table, server, database and name of the table.';
comment on column raw.events.source is
'How it came in: access_log, nginx_json, caddy_json, cloudfront, ndjson, collector, legacy.';
comment on column raw.events.line_number is
'Line of the imported file, from 1; for the old table, the place of the row in the order in which it was read.';
