create or replace function access.me(credential bytea)
returns table (
    name text,
    role text,
    plan text,
    via text,
    user_codes text [],
    sites text [],
    expires_at timestamptz,
    has_password boolean,
    has_totp boolean,
    recovery_codes bigint
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.identify(credential);
    if not found then
        return;
    end if;
    return query
    select
        accounts.name,
        accounts.role,
        accounts.plan,
        caller.via,
        caller.user_codes,
        caller.sites,
        caller.expires_at,
        accounts.password_hash is not null,
        accounts.totp_secret is not null,
        (select count(*) from access.recovery_codes where recovery_codes.account_id = accounts.account_id)
    from access.accounts
    where accounts.account_id = caller.account_id;
end
$$;
comment on function access.me is 'One row: who has this credential, and what it may see (NULL: all); none where it is not valid.';
