-- The role of analysts: reads schema marts, calls the functions of schema analytics, and nothing else.

create function ops.open_marts_to_analysts() returns boolean
language plpgsql as $$
declare
    relation regclass;
begin
    if to_regrole('dogear_analyst') is null then
        return false;
    end if;
    grant usage on schema analytics to dogear_analyst;
    grant execute on all functions in schema analytics to dogear_analyst;
    if to_regnamespace('marts') is not null then
        grant usage on schema marts to dogear_analyst;
        -- dbt makes tables anew; this holds for those that the same user makes from now on.
        alter default privileges in schema marts grant select on tables to dogear_analyst;
        for relation in
            select oid from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        loop
            execute format('grant select on %s to dogear_analyst', relation);
        end loop;
    end if;
    return true;
end
$$;
comment on function ops.open_marts_to_analysts is
'Lets the role dogear_analyst read schema marts, with what dbt will make in it, and call schema analytics. False where there is no such role. dbt calls it where it makes the schema.';
revoke execute on function ops.open_marts_to_analysts from public;

do $$
begin
    -- Roles belong to all databases of the server: another installation may have made it, or be making it.
    if to_regrole('dogear_analyst') is null then
        begin
            create role dogear_analyst nologin;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end if;
    begin
        comment on role dogear_analyst is 'Reads the marts of Dogear (schemas marts and analytics). docs/analysts.md';
        alter role dogear_analyst set statement_timeout = '60s';
        alter role dogear_analyst set work_mem = '64MB';
    exception when insufficient_privilege then
        raise notice 'The settings of role dogear_analyst are left as they are: % may not change it.', current_user;
    end;
    perform ops.open_marts_to_analysts();
exception when insufficient_privilege then
    raise notice 'There is no role dogear_analyst, and % may not create roles. Have an administrator run: create role dogear_analyst nologin; then run: select ops.open_marts_to_analysts();', current_user;
end
$$;
