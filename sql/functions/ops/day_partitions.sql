create or replace view ops.day_partitions as
select
    parents.inhparent::regclass as of_table,
    schemas.nspname || '.' || tables.relname as table_name,
    parents.inhrelid::regclass as partition,
    -- Not by to_date alone, which fails for a name that holds no date.
    to_date(substring(partitions.relname from '_(\d{4}(?:0[1-9]|1[0-2]))\d\d$'), 'YYYYMM')
    + right(substring(partitions.relname from '_\d{8}$'), 2)::integer - 1 as day
from pg_inherits as parents
inner join pg_class as tables on parents.inhparent = tables.oid
inner join pg_namespace as schemas on tables.relnamespace = schemas.oid
inner join pg_class as partitions on parents.inhrelid = partitions.oid
where
    partitions.relkind = 'r'
    and (
        parents.inhparent = 'raw.events'::regclass
        or (partitions.relnamespace = 'days'::regnamespace and schemas.nspname in ('intermediate', 'marts'))
    )
    -- One that somebody made by hand, say for all other days, is no day.
    and partitions.relname ~ '_\d{4}(?:0[1-9]|1[0-2])\d\d$';
comment on view ops.day_partitions is
'One row per day of raw.events and of each table of detail that PostgreSQL holds.';
