-- The lake holds the marts of detail too, day by day: one row per table and day.
alter table lake.days add column of_table text not null default 'raw.events';
alter table lake.days alter column of_table drop default;
alter table lake.days drop constraint days_pkey;
alter table lake.days add primary key (of_table, day);
alter table lake.days alter column counted_events drop not null;
alter table lake.days alter column counted_crawlers drop not null;
alter table lake.days add column built_at timestamptz;
comment on table lake.days is 'One row per table and UTC day that lies in the lake: the manifest of it.';
comment on column lake.days.of_table is 'Name of the table in PostgreSQL: raw.events, or a mart.';
comment on column lake.days.day is 'UTC day of the events; of a mart, the day that its rows belong to.';
comment on column lake.days.counted_events is
'Sum of raw.day_counts.events when it was written; another sum by now means that the day has changed. NULL for marts.';
comment on column lake.days.counted_crawlers is 'Sum of raw.day_counts.crawlers when it was written. NULL for marts.';
comment on column lake.days.built_at is
'Of a mart: marts.built_days.built_at when it was written; another one by now means that the day was built again. NULL for raw.events, and for a day that marts.built_days did not have.';

alter table lake.checks add column of_table text not null default 'raw.events';
alter table lake.checks alter column of_table drop default;
drop index lake.checks_day_checked_at_idx;
create index on lake.checks (of_table, day, checked_at desc);
comment on table lake.checks is 'One row per table, day and comparison of PostgreSQL with the lake.';
comment on column lake.checks.of_table is 'Name of the table in PostgreSQL: raw.events, or a mart.';
comment on column lake.checks.postgres_rows is
'Rows in PostgreSQL; where the day has left it, rows as they were written.';
