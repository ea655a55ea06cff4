create or replace function access.note_use(credential bytea) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    presented bytea := sha256(credential);
    before timestamptz := clock_timestamp() - interval '1 minute';
begin
    -- A request may last: others with the same credential must not wait for its row.
    update access.api_keys set last_used_at = clock_timestamp()
    where
        key_id in (
            select keys.key_id
            from access.api_keys as keys
            where keys.secret_hash = presented and (keys.last_used_at < before) is not false
            for update skip locked
        );
    update access.sessions set last_seen_at = clock_timestamp()
    where
        secret_hash in (
            select used.secret_hash
            from access.sessions as used
            where used.secret_hash = presented and used.last_seen_at < before
            for update skip locked
        );
end
$$;
comment on function access.note_use is 'Notes when a key or session was last used, at most once a minute, and waits for nobody.';
