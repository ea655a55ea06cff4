create or replace function ops.open_to_web() returns boolean
language plpgsql as $$
declare
    routine regprocedure;
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
    return true;
end
$$;
comment on function ops.open_to_web is
'Lets the role dogear_web call the SECURITY DEFINER functions of schema access, and no other of that schema. False where there is no such role.';
