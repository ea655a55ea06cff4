create or replace function access.make_token(credential bytea, token bytea) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.acting(credential, 'analyst');
    if caller.via = 'token' then
        raise exception 'A token is made from a key or a session, not from a token.'
        using errcode = 'insufficient_privilege';
    end if;
    return access.open_session(
        caller.account_id,
        token,
        'token',
        interval '15 minutes',
        caller.key_id,
        case when caller.via = 'session' then credential end,
        caller.expires_at
    );
end
$$;
comment on function access.make_token is
'Makes a token for 15 minutes at most, which ends with the key or session that it was made from. Returns when it ends.';
