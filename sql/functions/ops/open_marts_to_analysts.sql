create or replace function ops.open_marts_to_analysts() returns boolean
language plpgsql as $$
declare
    relation regclass;
begin
    if to_regrole('dogear_analyst') is null then
        return false;
    end if;
    grant usage on schema analytics, scoped to dogear_analyst;
    grant execute on all functions in schema analytics to dogear_analyst;
    -- Views of schema scoped call them, for whom they show all rows too.
    grant execute on function access.sees_all(), access.user_codes(), access.sites() to dogear_analyst;
    if to_regnamespace('marts') is not null then
        grant usage on schema marts to dogear_analyst;
        -- dbt creates its tables again and again: this holds for those that the same user creates from now on.
        alter default privileges in schema marts grant select on tables to dogear_analyst;
        for relation in
            select oid from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        loop
            execute format('grant select on %s to dogear_analyst', relation);
            perform ops.protect_mart(relation);
        end loop;
    end if;
    return true;
end
$$;
comment on function ops.open_marts_to_analysts is
'Lets the role dogear_analyst read schema marts, with what dbt will make in it, and call schema analytics. False where there is no such role. dbt calls it where it makes the schema.';
