create or replace function access.list_keys(credential bytea)
returns table (
    key_id uuid,
    account text,
    name text,
    hint text,
    role text,
    sites text [],
    created_at timestamptz,
    expires_at timestamptz,
    last_used_at timestamptz
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.acting(credential, 'owner');
    return query
    select
        keys.key_id,
        accounts.name,
        keys.name,
        keys.hint,
        accounts.role,
        keys.sites,
        keys.created_at,
        nullif(keys.expires_at, 'infinity'),
        keys.last_used_at
    from access.api_keys as keys
    inner join access.accounts on accounts.account_id = keys.account_id
    where keys.revoked_at is null and (caller.role = 'admin' or keys.account_id = caller.account_id)
    order by accounts.name, keys.name;
end
$$;
comment on function access.list_keys is 'One row per key of the caller that was not revoked; of all accounts, for an admin.';
