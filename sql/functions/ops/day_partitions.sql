create or replace view ops.day_partitions as
select
    parents.inhparent::regclass as of_table,
    schemas.nspname || '.' || tables.relname as table_name,
    parents.inhrelid::regclass as partition,
    to_date(substring(partitions.relname from '_(\d{8})$'), 'YYYYMMDD') as day
from pg_inherits as parents
inner join pg_class as tables on parents.inhparent = tables.oid
inner join pg_namespace as schemas on tables.relnamespace = schemas.oid
inner join pg_class as partitions on parents.inhrelid = partitions.oid
where
    partitions.relkind = 'r'
    and (parents.inhparent = 'raw.events'::regclass or partitions.relnamespace = 'days'::regnamespace);
comment on view ops.day_partitions is
'One row per day of raw.events and of each table of detail that PostgreSQL holds.';
