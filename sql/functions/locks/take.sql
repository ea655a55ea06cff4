create or replace function locks.take(name text) returns void
language plpgsql as $$
begin
    loop
        begin
            execute format('lock table locks.%I in exclusive mode', name);
            return;
        exception when undefined_table then
            begin
                execute format('create table if not exists locks.%I ()', name);
            exception when duplicate_table or duplicate_object or unique_violation then
                -- Another has made it at the same moment.
                null;
            end;
        end;
    end loop;
end
$$;
comment on function locks.take is
'Waits until nobody else holds the lock of this name, and holds it until the transaction ends.';
