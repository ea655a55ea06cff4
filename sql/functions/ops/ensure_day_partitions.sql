create or replace function ops.ensure_day_partitions(of_table regclass, first_day date, last_day date) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    name_in_lake text := (select nspname || '.' || relname from pg_class inner join pg_namespace as n on n.oid = relnamespace where pg_class.oid = of_table);
    table_name text := split_part(name_in_lake, '.', 2);
    partition_name text;
    one_day date;
begin
    for one_day in
        select day
        from ops.day_partitions as events
        where
            events.of_table = 'raw.events'::regclass
            and (first_day is null or day >= first_day)
            and (last_day is null or day <= last_day)
        except
        select day
        from ops.day_partitions as detail
        where detail.of_table = ensure_day_partitions.of_table
        order by day
    loop
        partition_name := format('%s_%s', table_name, to_char(one_day, 'YYYYMMDD'));
        -- A table that dbt makes again stands beside the one that it replaces, for a while.
        if to_regclass(format('days.%I', partition_name)) is not null then
            partition_name := format('%s_%s_%s', table_name, of_table::oid, to_char(one_day, 'YYYYMMDD'));
        end if;
        -- Attached, and not made as a partition: that would wait for readers of the table, and others for it.
        execute format('create table days.%I (like %s)', partition_name, of_table);
        execute format(
            'alter table %s attach partition days.%I for values from (%L) to (%L)',
            of_table, partition_name, one_day, one_day + 1
        );
        -- From now on PostgreSQL holds the day, and not the lake alone.
        update lake.days set left_at = null where days.of_table = name_in_lake and day = one_day and left_at is not null;
    end loop;
end
$$;
comment on function ops.ensure_day_partitions is
'Creates the partitions of a table of detail, from the first to the last day (NULL: all), for each day of which raw.events has a partition: rows of other days cannot come of it.';
