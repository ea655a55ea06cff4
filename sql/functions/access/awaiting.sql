create or replace function access.awaiting(credential bytea) returns uuid
language sql stable set search_path = pg_catalog, pg_temp as $$
    select sessions.account_id
    from access.sessions
    inner join access.accounts on accounts.account_id = sessions.account_id
    where
        sessions.secret_hash = sha256(credential)
        and sessions.kind = 'second_factor'
        and sessions.expires_at > clock_timestamp()
        and accounts.disabled_at is null
$$;
comment on function access.awaiting is
'The account of a sign-in that waits for a one-time code, by its credential; NULL where none waits.';
