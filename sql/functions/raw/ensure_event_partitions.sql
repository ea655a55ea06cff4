create or replace function raw.ensure_event_partitions(days date[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    one_day date;
    partition_name text;
begin
    -- One at a time: two imports may need the same new day.
    perform locks.take('partitions');
    for one_day in select distinct d from unnest(days) as wanted (d) order by d loop
        partition_name := 'events_' || to_char(one_day, 'YYYYMMDD');
        if to_regclass('raw.' || partition_name) is null then
            execute format(
                'create table raw.%I partition of raw.events for values from (%L) to (%L)',
                partition_name,
                one_day || ' 00:00:00+00',
                one_day + 1 || ' 00:00:00+00'
            );
        end if;
    end loop;
end
$$;
comment on function raw.ensure_event_partitions is
'Creates the partitions of raw.events for these UTC days that are not there yet.';
