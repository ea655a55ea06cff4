create or replace function access.revoke_key(credential bytea, key_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    own uuid;
begin
    select * into caller from access.acting(credential, 'owner');
    select keys.account_id into own
    from access.api_keys as keys
    where
        keys.key_id = revoke_key.key_id
        and keys.revoked_at is null
        and (caller.role = 'admin' or keys.account_id = caller.account_id);
    if own is null then
        raise exception 'There is no such key.' using errcode = 'no_data_found';
    end if;
    with recursive ended as (
        select revoke_key.key_id as key_id
        union
        select made.key_id from access.api_keys as made inner join ended on made.made_by_key_id = ended.key_id
    )

    update access.api_keys as keys set revoked_at = clock_timestamp()
    from ended
    where keys.key_id = ended.key_id and keys.revoked_at is null;
    perform access.note(
        'key_revoked', caller.account_id, caller.key_id, own, jsonb_build_object('key_id', revoke_key.key_id)
    );
end
$$;
comment on function access.revoke_key is
'Revokes a key of the caller (of anybody, for an admin), and those that it made; requests from then on are refused. An error where there is no such key.';
