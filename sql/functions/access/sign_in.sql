-- Does the same work for a name that has no account: the same questions, and as many rows written.
create or replace function access.sign_in(name text, password_hash bytea, credential bytea)
returns table (outcome text, wait_seconds integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    known text := lower(sign_in.name);
    found_id uuid;
    is_right boolean;
begin
    wait_seconds := access.take_attempt('password of ' || known);
    if wait_seconds > 0 then
        outcome := 'wait';
        return next;
        return;
    end if;
    select accounts.account_id, accounts.password_hash = sha256(sign_in.password_hash) and accounts.disabled_at is null
    into found_id, is_right
    from access.accounts
    where accounts.name = known;
    if is_right is true then
        -- Who changes the password, or disables the account, ends its sessions: ours must not begin meanwhile.
        perform
        from access.accounts
        where
            accounts.account_id = found_id
            and accounts.password_hash = sha256(sign_in.password_hash)
            and accounts.disabled_at is null
        for no key update;
        is_right := found;
    end if;
    if is_right is true then
        perform access.forgive_attempts('password of ' || known);
        outcome := access.sign_in_or_ask(found_id, credential, 'password');
    else
        perform access.note_refused(found_id, 'password');
        outcome := 'refused';
    end if;
    return next;
end
$$;
comment on function access.sign_in is
'One row: signed_in, and the digest is the credential of a session; second_factor, and it is that of a sign-in that waits for a one-time code; refused; or wait, and for how many seconds. password_hash is the raw argon2id hash.';
