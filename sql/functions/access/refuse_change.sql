create or replace function access.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'Rows of the audit log are never changed or deleted.' using errcode = 'insufficient_privilege';
end
$$;
comment on function access.refuse_change is 'Refuses to change or delete rows of the audit log, to its owner too.';
create or replace trigger refuse_change
before update or delete or truncate on access.audit_log
for each statement execute function access.refuse_change();
