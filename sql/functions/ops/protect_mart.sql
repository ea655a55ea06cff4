-- Without the role there is nobody to keep out. Its right to read comes with the policy, never before it.
create or replace function ops.protect_mart(mart regclass) returns void
language plpgsql as $$
declare
    kind "char" := (select relkind from pg_class where oid = mart);
    name name := (select relname from pg_class where oid = mart);
    -- Kept as the comment on what was made by it, so that it is made again only if it has changed.
    condition text := ops.scope_condition(mart);
begin
    if to_regrole('dogear_web') is null then
        return;
    elsif kind in ('r', 'p') then
        perform ops.protect_table(mart, condition);
    elsif not exists (
        select from pg_rewrite
        inner join pg_depend on pg_depend.classid = 'pg_rewrite'::regclass and pg_depend.objid = pg_rewrite.oid
        where
            pg_rewrite.ev_class = to_regclass(format('scoped.%I', name))
            and pg_depend.refobjid = mart
            and obj_description(pg_rewrite.ev_class, 'pg_class') = condition
    ) then
        execute format('drop view if exists scoped.%I cascade', name);
        execute format(
            'create view scoped.%1$I with (security_barrier) as select * from marts.%1$I where (select has_table_privilege(%2$L, ''select'')) or (%3$s)',
            name, format('marts.%I', name), condition
        );
        execute format('comment on view scoped.%I is %L', name, condition);
        execute format('grant select on scoped.%I to dogear_web', name);
        if to_regrole('dogear_analyst') is not null then
            execute format('grant select on scoped.%I to dogear_analyst', name);
        end if;
    end if;
end
$$;
comment on function ops.protect_mart is
'Lets the role dogear_web read the rows of a mart within its scope: of a table by a policy, of a view or materialized view by a view of the same name in schema scoped. Who may read the mart itself reads all rows there, too. dbt calls it for each mart that it has made.';
