create or replace function access.end_sessions(account_id uuid, but bytea default null) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    delete from access.sessions
    where
        sessions.account_id = end_sessions.account_id
        and sessions.key_id is null
        and (sessions.secret_hash = sha256(but)) is not true
        and (sessions.parent_hash = sha256(but)) is not true;
    delete from access.sign_in_links where sign_in_links.account_id = end_sessions.account_id;
$$;
comment on function access.end_sessions is
'Ends all sessions and sign-in links of an account, but one with its tokens. Its keys stay.';
