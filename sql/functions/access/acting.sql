create or replace function access.acting(credential bytea, least_role text) returns access.caller
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    ranks text [] := array['analyst', 'owner', 'admin'];
    caller access.caller;
begin
    -- A command of the machine's operator: who connects as the owner of these tables needs no credential.
    if credential is null and pg_has_role(session_user, current_user, 'member') then
        caller.role := 'admin';
        caller.via := 'command';
        return caller;
    end if;
    select * into caller from access.identify(credential);
    if not found then
        raise exception 'This credential is not valid.' using errcode = 'invalid_authorization_specification';
    end if;
    if array_position(ranks, caller.role) < array_position(ranks, least_role) then
        raise exception 'This needs the role %.', least_role using errcode = 'insufficient_privilege';
    end if;
    if caller.sites is not null and least_role <> 'analyst' then
        raise exception 'A key that is limited to sites manages nothing.' using errcode = 'insufficient_privilege';
    end if;
    return caller;
end
$$;
comment on function access.acting is
'Who acts: by a credential, or NULL for a command. An error where the credential is not valid, or its role less than least_role.';
