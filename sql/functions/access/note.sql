create or replace function access.note(
    action text, by_account uuid, by_key uuid, on_account uuid, details jsonb default '{}'
) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into access.audit_log (action, by_account_id, by_key_id, account_id, details)
    values (note.action, note.by_account, note.by_key, note.on_account, note.details)
$$;
comment on function access.note is 'Adds a row to the audit log.';
