create or replace function ops.open_to_web() returns boolean
language plpgsql as $$
declare
    routine regprocedure;
    relation regclass;
begin
    if to_regrole('dogear_web') is null then
        return false;
    end if;
    grant usage on schema access, analytics, scoped to dogear_web;
    revoke execute on all routines in schema access from dogear_web;
    -- What checks a credential itself is SECURITY DEFINER; the rest are parts of these.
    for routine in select oid from pg_proc where pronamespace = 'access'::regnamespace and prosecdef loop
        execute format('grant execute on routine %s to dogear_web', routine);
    end loop;
    grant execute on all functions in schema analytics to dogear_web;
    if to_regnamespace('marts') is not null then
        grant usage on schema marts to dogear_web;
        for relation in
            select oid from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        loop
            perform ops.protect_mart(relation);
        end loop;
    end if;
    return true;
end
$$;
comment on function ops.open_to_web is
'Lets the role dogear_web call the SECURITY DEFINER functions of schema access, and no other of that schema, and read marts within its scope. False where there is no such role. dbt calls it where it makes the schema.';
