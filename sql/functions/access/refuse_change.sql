create or replace function access.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'Rows of the audit log are never changed, and deleted after 90 days at the earliest.'
    using errcode = 'insufficient_privilege';
end
$$;
comment on function access.refuse_change is
'Refuses to change rows of the audit log, and to delete those of the last 90 days, to its owner too.';
create or replace trigger refuse_change
before update or truncate on access.audit_log
for each statement execute function access.refuse_change();
create or replace trigger refuse_deletion
before delete on access.audit_log
for each row when (old.occurred_at > now() - interval '90 days')
execute function access.refuse_change();
