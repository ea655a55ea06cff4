create or replace function access.enter(credential bytea) returns setof access.caller
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller access.caller;
begin
    select * into caller from access.identify(credential);
    if found then
        perform access.set_scope(caller.account_id::text, caller.role, caller.plan, caller.user_codes, caller.sites);
        return next caller;
    end if;
end
$$;
comment on function access.enter is
'Checks a credential (the digest of a key, session or token) and opens what it may see, until the transaction ends. One row: who it is, and whether its use within the last minute is noted (else: access.note_use); none, and nothing is opened, where it is not valid.';
