create or replace function ops.analyze_if_grown(of_table regclass) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    has_grown boolean;
begin
    -- Autovacuum analyzes the partitions of a table, and never the table: a sample of all its days, which costs more.
    select
        case
            when tables.relkind <> 'p'
                then pg_relation_size(tables.oid) > 1.05 * tables.relpages * current_setting('block_size')::bigint
            else (
                select sum(partitions.reltuples) > 1.25 * tables.reltuples
                from pg_inherits
                inner join pg_class as partitions on inhrelid = partitions.oid
                where inhparent = tables.oid and partitions.reltuples > 0
            )
        end
        or not exists (select from pg_stats where schemaname = schemas.nspname and tablename = tables.relname)
    into has_grown
    from pg_class as tables
    inner join pg_namespace as schemas on tables.relnamespace = schemas.oid
    where tables.oid = of_table;
    if has_grown then
        execute format('analyze %s', of_table);
    end if;
    return coalesce(has_grown, false);
end
$$;
comment on function ops.analyze_if_grown is
'Analyzes a table that was never analyzed, or has grown by a twentieth since, a partitioned one by a quarter; returns whether it did.';
