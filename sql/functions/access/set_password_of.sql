create or replace function access.set_password_of(name text, password_hash bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    own uuid;
begin
    perform access.acting(null, 'admin');
    -- Before the account, as signing in takes them: two who wait for each other would both fail.
    perform access.forgive_attempts('password of ' || name);
    own := access.find_account(set_password_of.name);
    update access.accounts set password_hash = sha256(set_password_of.password_hash) where accounts.account_id = own;
    perform
        access.end_sessions(own),
        access.note('password_set', null, null, own);
end
$$;
comment on function access.set_password_of is 'Sets an account''s password (raw argon2id hash) for a command, and ends its sessions.';
