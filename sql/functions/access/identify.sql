create or replace function access.identify(credential bytea) returns setof access.caller
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    presented bytea := sha256(credential);
    at timestamptz := clock_timestamp();
    minute_ago timestamptz := clock_timestamp() - interval '1 minute';
begin
    return query
    with

    valid as (
        select
            keys.account_id, 'key' as via, keys.key_id, keys.expires_at, keys.sites,
            (keys.last_used_at > minute_ago) is true as is_use_noted
        from access.api_keys as keys
        where keys.secret_hash = presented and keys.revoked_at is null and keys.expires_at > at
        union all
        select
            sessions.account_id, sessions.kind, sessions.key_id, sessions.expires_at, keys.sites,
            sessions.last_seen_at > minute_ago
        from access.sessions
        left join access.api_keys as keys on keys.key_id = sessions.key_id
        where
            sessions.secret_hash = presented
            and sessions.kind in ('session', 'token')
            and sessions.expires_at > at
            and sessions.last_seen_at > at - interval '7 days'
            -- A token ends with its key.
            and keys.revoked_at is null
            and (keys.expires_at > at) is not false
    )

    select
        accounts.account_id,
        accounts.name,
        accounts.role,
        accounts.plan,
        valid.via,
        valid.key_id,
        nullif(valid.expires_at, 'infinity'),
        case
            when accounts.role <> 'admin' then access.user_codes_of(accounts.account_id)
            when valid.sites is not null
                then array(
                    select distinct owned.user_code from content.sites as owned where owned.site = any(valid.sites)
                )
        end,
        valid.sites,
        valid.is_use_noted
    from valid
    inner join access.accounts on accounts.account_id = valid.account_id
    where accounts.disabled_at is null;
end
$$;
comment on function access.identify is
'One row: the account for which a credential acts, if it is valid now, else none. user_codes and sites are what it may see; NULL is all.';
