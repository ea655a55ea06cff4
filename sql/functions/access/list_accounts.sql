create or replace function access.list_accounts(credential bytea)
returns table (
    name text,
    role text,
    plan text,
    user_codes text [],
    has_password boolean,
    has_totp boolean,
    is_enabled boolean,
    created_at timestamptz,
    last_seen_at timestamptz
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform access.acting(credential, 'admin');
    return query
    select
        accounts.name,
        accounts.role,
        accounts.plan,
        access.user_codes_of(accounts.account_id),
        accounts.password_hash is not null,
        accounts.totp_secret is not null,
        accounts.disabled_at is null,
        accounts.created_at,
        greatest(
            (select max(sessions.last_seen_at) from access.sessions where sessions.account_id = accounts.account_id),
            (select max(keys.last_used_at) from access.api_keys as keys where keys.account_id = accounts.account_id)
        )
    from access.accounts
    order by accounts.name;
end
$$;
comment on function access.list_accounts is 'One row per account, by name, for an admin.';
