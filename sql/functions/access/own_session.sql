create or replace function access.own_session(credential bytea) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.acting(credential, 'analyst');
    if caller.via <> 'session' then
        raise exception 'This is done by the person who signed in, and by no key.'
        using errcode = 'insufficient_privilege';
    end if;
    return caller.account_id;
end
$$;
comment on function access.own_session is 'The account that has signed in with this session; an error for a key, a token, or nobody.';
