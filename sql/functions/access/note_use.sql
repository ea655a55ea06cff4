create or replace function access.note_use(credential bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    presented bytea := sha256(credential);
    at timestamptz := clock_timestamp();
begin
    -- Nobody waits for the disk, nor for another request that notes the same: this may be lost in a crash.
    perform set_config('synchronous_commit', 'off', true);
    update access.api_keys set last_used_at = at
    where
        key_id in (
            select keys.key_id
            from access.api_keys as keys
            where keys.secret_hash = presented and (keys.last_used_at < at - interval '1 minute') is not false
            for update skip locked
        );
    update access.sessions set last_seen_at = at
    where
        secret_hash in (
            select used.secret_hash
            from access.sessions as used
            where used.secret_hash = presented and used.last_seen_at < at - interval '1 minute'
            for update skip locked
        );
end
$$;
comment on function access.note_use is
'Notes when a key or session was last used, at most once a minute. Called in a transaction of its own.';
