create or replace function ops.protect_table(mart regclass, condition text) returns void
language plpgsql as $$
begin
    if not exists (
        select from pg_policy
        where polrelid = mart and polname = 'web' and obj_description(oid, 'pg_policy') = condition
    ) then
        execute format('alter table %s enable row level security', mart);
        execute format('drop policy if exists web on %s', mart);
        execute format('create policy web on %s for select to dogear_web using (%s)', mart, condition);
        execute format('comment on policy web on %s is %L', mart, condition);
        execute format('grant select on %s to dogear_web', mart);
    end if;
    if to_regrole('dogear_analyst') is not null
        and not exists (select from pg_policy where polrelid = mart and polname = 'analysts') then
        execute format('create policy analysts on %s for select to dogear_analyst using (true)', mart);
    end if;
end
$$;
comment on function ops.protect_table is
'Row-level security for a table: the role dogear_web reads rows for which the condition is true, dogear_analyst reads all, any other role but the owner reads none.';
