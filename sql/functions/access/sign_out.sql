create or replace function access.sign_out(credential bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid;
begin
    delete from access.sessions where sessions.secret_hash = sha256(credential)
    returning sessions.account_id into found_id;
    if found then
        perform access.note('signed_out', found_id, null, found_id);
    end if;
end
$$;
comment on function access.sign_out is 'Ends a session, with the tokens made from it.';
