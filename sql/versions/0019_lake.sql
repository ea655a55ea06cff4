-- What of raw.events lies in the lake, day by day, and what was found when the two were compared.

-- The lake holds crawlers too: whether a day has changed since it was exported cannot be told from events of people alone.
alter table raw.day_counts add column crawlers bigint not null default 0;
comment on column raw.day_counts.crawlers is 'Events of crawlers; negative where they were erased.';

insert into raw.day_counts (day, events, crawlers)
select (occurred_at at time zone 'UTC')::date, 0, count(*) from raw.events where is_bot group by 1;

create or replace function raw.sum_up_day_counts() returns bigint
language sql as $$
    with gone as (
        delete from raw.day_counts
        where day in (select day from raw.day_counts group by day having count(*) > 1)
        returning day, events, crawlers
    ),
    summed as (
        insert into raw.day_counts (day, events, crawlers)
        select day, sum(events), sum(crawlers)
        from gone
        group by day
        having sum(events) <> 0 or sum(crawlers) <> 0
        returning 1
    )
    select count(*) from gone
$$;

create schema lake;

create table lake.schemas (
    schema_version integer generated always as identity primary key,
    columns jsonb not null unique,
    first_used_at timestamptz not null default now()
);
comment on table lake.schemas is 'One row per set of columns that days in the lake were written with.';
comment on column lake.schemas.schema_version is 'Counts up; lake.days.schema_version points here.';
comment on column lake.schemas.columns is 'Names and PostgreSQL types of the columns, in order: [["event_id", "uuid"], …].';
comment on column lake.schemas.first_used_at is 'When the first day was written so.';

create table lake.days (
    day date primary key,
    rows bigint not null,
    checksum numeric not null,
    bytes bigint not null,
    schema_version integer not null references lake.schemas,
    exported_at timestamptz not null,
    counted_events bigint not null,
    counted_crawlers bigint not null,
    export_again text,
    left_at timestamptz
);
comment on table lake.days is 'One row per UTC day of raw.events that lies in the lake: the manifest of it.';
comment on column lake.days.day is 'UTC day of the events.';
comment on column lake.days.rows is 'Rows of its Parquet file.';
comment on column lake.days.checksum is
'Sum over the rows of the first 60 bits of the MD5 of what they say: the same in whatever order they come.';
comment on column lake.days.bytes is 'Size of its Parquet file.';
comment on column lake.days.schema_version is 'Which columns the file has: lake.schemas.';
comment on column lake.days.exported_at is 'When the file was written.';
comment on column lake.days.counted_events is 'Sum of raw.day_counts.events when it was written; another sum by now means that the day has changed.';
comment on column lake.days.counted_crawlers is 'Sum of raw.day_counts.crawlers when it was written.';
comment on column lake.days.export_again is 'Why the day must be written again, whatever the counts say; NULL where it need not be.';
comment on column lake.days.left_at is
'When its partition of raw.events was dropped: since then the lake alone holds these rows. NULL where PostgreSQL has them too.';

create table lake.checks (
    check_id bigint generated always as identity primary key,
    day date not null,
    checked_at timestamptz not null default now(),
    verdict text not null check (verdict in ('equal', 'unequal', 'unreadable')),
    postgres_rows bigint,
    postgres_checksum numeric,
    lake_rows bigint,
    lake_checksum numeric,
    reason text,
    repaired_at timestamptz
);
create index on lake.checks (day, checked_at desc);
comment on table lake.checks is 'One row per day and comparison of raw.events with the lake.';
comment on column lake.checks.verdict is
'equal, unequal (other rows than PostgreSQL holds; where the day has left it, than were written), or unreadable (no file, or a broken one).';
comment on column lake.checks.postgres_rows is 'Rows in raw.events; where the day has left PostgreSQL, rows as they were written.';
comment on column lake.checks.postgres_checksum is 'Checksum of these, computed by PostgreSQL.';
comment on column lake.checks.lake_rows is 'Rows in the file, counted by reading it whole; NULL where it cannot be read.';
comment on column lake.checks.lake_checksum is 'Checksum of these, computed by DuckDB.';
comment on column lake.checks.reason is 'What is wrong, for a person; NULL where nothing is.';
comment on column lake.checks.repaired_at is 'When the day was written again from PostgreSQL; NULL where it was not, or need not be.';
