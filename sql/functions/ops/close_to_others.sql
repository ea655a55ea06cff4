create or replace function ops.close_to_others() returns text []
language plpgsql as $$
declare
    making_objects regprocedure [] := array(
        select oid from pg_proc
        where
            pronamespace = 'pg_catalog'::regnamespace
            and proname in ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_import')
    );
    -- Messages fill the write-ahead log, as much as anybody likes.
    logging regprocedure [] := array(
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname = 'pg_logical_emit_message'
    );
    locking regprocedure [] := array(
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(try_)?advisory_'
    );
    routine regprocedure;
begin
    -- Of a database that is not ours, others may need it.
    if pg_has_role((select datdba from pg_database where datname = current_database()), 'usage') then
        execute format('revoke temporary on database %I from public', current_database());
        if (select rolsuper from pg_roles where rolname = current_user) then
            foreach routine in array making_objects || logging || locking loop
                execute format('revoke execute on function %s from public', routine);
            end loop;
        end if;
    end if;
    return array(
        select what
        from (
            values
            (1, 'make temporary tables', has_database_privilege('public', current_database(), 'temporary')),
            (2, 'make large objects', (select bool_or(has_function_privilege('public', made, 'execute')) from unnest(making_objects) as made)),
            (3, 'write to the log', (select bool_or(has_function_privilege('public', log, 'execute')) from unnest(logging) as log)),
            (4, 'hold advisory locks', (select bool_or(has_function_privilege('public', lock, 'execute')) from unnest(locking) as lock))
        ) as rights (place, what, is_left)
        where is_left
        order by place
    );
end
$$;
comment on function ops.close_to_others is
'Takes from PUBLIC, in a database that is ours, what fills disks or lets others wait: temporary tables; where we are superuser, large objects, messages in the write-ahead log and advisory locks, too. Returns what every role may still do, whether we or an administrator closed the rest.';
