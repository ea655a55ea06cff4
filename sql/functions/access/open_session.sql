create or replace function access.open_session(
    account_id uuid,
    credential bytea,
    kind text,
    lifetime interval,
    key_id uuid default null,
    parent bytea default null,
    latest timestamptz default 'infinity'
) returns timestamptz
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    at timestamptz := clock_timestamp();
    ends timestamptz := least(at + lifetime, coalesce(latest, 'infinity'));
begin
    delete from access.sessions as over where over.expires_at < at;
    -- Each browser has one. Who signs in all the time keeps the newest hundred.
    if kind <> 'token' then
        delete from access.sessions as over
        where
            over.secret_hash in (
                select old.secret_hash
                from access.sessions as old
                where old.account_id = open_session.account_id and old.kind = open_session.kind
                order by old.created_at desc
                offset 99
            );
    end if;
    insert into access.sessions (secret_hash, kind, account_id, key_id, parent_hash, created_at, last_seen_at, expires_at)
    values (
        sha256(credential), kind, open_session.account_id, open_session.key_id, sha256(parent), at, at, ends
    );
    return ends;
end
$$;
comment on function access.open_session is
'Begins a session for an account, whose credential is the given digest. Returns when it ends, at the latest. Deletes those that are over, and the oldest of an account that has a hundred of that kind.';
