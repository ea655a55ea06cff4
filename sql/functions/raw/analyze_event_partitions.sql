create or replace function raw.analyze_event_partitions(days date[]) returns void
language plpgsql as $$
declare
    one_day date;
begin
    foreach one_day in array days loop
        execute format('analyze raw.%I', 'events_' || to_char(one_day, 'YYYYMMDD'));
    end loop;
end
$$;
comment on function raw.analyze_event_partitions is
'Tells the planner what these UTC days hold now; their partitions must be there.';
