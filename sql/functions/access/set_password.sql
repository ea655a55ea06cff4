create or replace function access.set_password(credential bytea, password_hash bytea, current_hash bytea default null)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    own uuid := access.own_session(credential);
    checked integer := access.check_password(own, current_hash);
begin
    if checked = 0 then
        update access.accounts set password_hash = sha256(set_password.password_hash) where accounts.account_id = own;
        perform
            access.end_sessions(own, credential),
            access.note('password_set', own, null, own);
    end if;
    return checked;
end
$$;
comment on function access.set_password is
'Sets the password (raw argon2id hash) of the account that is signed in, and ends its other sessions: 0. Nothing is done where current_hash is not its password: see access.check_password.';
