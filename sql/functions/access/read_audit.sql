create or replace function access.read_audit(credential bytea, before bigint default null, most integer default 100)
returns table (
    audit_id bigint,
    occurred_at timestamptz,
    action text,
    by_account text,
    by_key text,
    account text,
    details jsonb
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform access.acting(credential, 'admin');
    return query
    select
        audit_log.audit_id,
        audit_log.occurred_at,
        audit_log.action,
        coalesce(actors.name, audit_log.by_account_id::text),
        coalesce(keys.name, audit_log.by_key_id::text),
        coalesce(accounts.name, audit_log.account_id::text),
        audit_log.details
    from access.audit_log
    left join access.accounts on accounts.account_id = audit_log.account_id
    left join access.accounts as actors on actors.account_id = audit_log.by_account_id
    left join access.api_keys as keys on keys.key_id = audit_log.by_key_id
    where before is null or audit_log.audit_id < before
    order by audit_log.audit_id desc
    limit least(greatest(most, 1), 1000);
end
$$;
comment on function access.read_audit is
'Rows of the audit log, newest first, for an admin: most of them, of those before a number. An account or key that was removed is named by its id.';
