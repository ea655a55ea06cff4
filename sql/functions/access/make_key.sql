create or replace function access.make_key(
    credential bytea,
    name text,
    key bytea,
    hint text,
    sites text [] default null,
    expires_at timestamptz default null,
    for_account text default null
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    own uuid;
    missing text;
    made uuid;
begin
    select * into caller from access.acting(credential, 'owner');
    own := coalesce(caller.account_id, access.find_account(for_account));
    -- A site of others is the same as none.
    select wanted into missing
    from unnest(make_key.sites) as wanted
    where wanted not in (select listed.site from access.sites_of(own) as listed)
    limit 1;
    if missing is not null then
        raise exception 'There is no site %.', missing using errcode = 'no_data_found';
    end if;
    -- Two who count at once would both find room.
    perform from access.accounts where accounts.account_id = own for no key update;
    if (
        select count(*)
        from access.api_keys as live
        where live.account_id = own and live.revoked_at is null and live.expires_at > clock_timestamp()
    ) >= 100 then
        raise exception 'An account has 100 keys at most: revoke one first.' using errcode = 'program_limit_exceeded';
    end if;
    if (
        select count(*)
        from access.api_keys as recent
        where recent.account_id = own and recent.created_at > clock_timestamp() - interval '1 day'
    ) >= 1000 then
        raise exception 'An account makes 1000 keys a day at most.' using errcode = 'program_limit_exceeded';
    end if;
    -- One that has expired leaves its name.
    update access.api_keys as ended set revoked_at = ended.expires_at
    where
        ended.account_id = own
        and ended.name = make_key.name
        and ended.revoked_at is null
        and ended.expires_at <= clock_timestamp();
    insert into access.api_keys (account_id, name, secret_hash, hint, sites, made_by_key_id, expires_at)
    values (
        own,
        make_key.name,
        sha256(key),
        make_key.hint,
        make_key.sites,
        caller.key_id,
        least(coalesce(make_key.expires_at, 'infinity'), coalesce(caller.expires_at, 'infinity'))
    )
    returning api_keys.key_id into made;
    perform access.note(
        'key_made', caller.account_id, caller.key_id, own,
        jsonb_build_object('key_id', made, 'name', make_key.name, 'sites', make_key.sites)
    );
    return made;
exception when unique_violation then
    raise exception 'There is a key % already: revoke it first, or choose another name.', make_key.name
    using errcode = 'unique_violation';
end
$$;
comment on function access.make_key is
'Makes a key of the caller, or for_account''s where a command does it. It acts on these sites alone, if they are not NULL. One that a key made ends with that key. An account has 100 valid keys at most, and makes 1000 a day. Returns its id.';
