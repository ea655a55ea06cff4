create or replace function access.enter(credential bytea)
returns table (
    account_id uuid,
    name text,
    role text,
    plan text,
    via text,
    key_id uuid,
    expires_at timestamptz,
    user_codes text [],
    sites text [],
    is_use_noted boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.identify(credential);
    if not found then
        return;
    end if;
    perform access.set_scope(caller.account_id::text, caller.role, caller.plan, caller.user_codes, caller.sites);
    return query
    select
        caller.account_id,
        caller.name,
        caller.role,
        caller.plan,
        caller.via,
        caller.key_id,
        caller.expires_at,
        caller.user_codes,
        caller.sites,
        caller.is_use_noted;
end
$$;
comment on function access.enter is
'Checks a credential (the digest of a key, session or token) and opens what it may see, until the transaction ends. One row: who it is, and whether its use within the last minute is noted (else: access.note_use); none, and nothing is opened, where it is not valid.';
