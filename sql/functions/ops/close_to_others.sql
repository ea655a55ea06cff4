create or replace function ops.close_to_others() returns text []
language plpgsql as $$
declare
    routine regprocedure;
begin
    -- Of a database that is not ours, others may need it.
    if not pg_has_role((select datdba from pg_database where datname = current_database()), 'usage') then
        return array['make temporary tables', 'make large objects', 'hold advisory locks'];
    end if;
    execute format('revoke temporary on database %I from public', current_database());
    if not (select rolsuper from pg_roles where rolname = current_user) then
        return array['make large objects', 'hold advisory locks'];
    end if;
    for routine in
        select oid from pg_proc
        where
            pronamespace = 'pg_catalog'::regnamespace
            and (proname ~ '^pg_(try_)?advisory_' or proname in ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_import'))
    loop
        execute format('revoke execute on function %s from public', routine);
    end loop;
    return '{}';
end
$$;
comment on function ops.close_to_others is
'Takes from PUBLIC, in a database that is ours, what fills disks or lets others wait: temporary tables; where we are superuser, large objects and advisory locks, too. Returns what every role may still do.';
