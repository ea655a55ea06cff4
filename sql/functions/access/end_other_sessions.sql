create or replace function access.end_other_sessions(credential bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    own uuid := access.own_session(credential);
begin
    perform
        access.end_sessions(own, credential),
        access.note('signed_out', own, null, own, '{"which": "others"}');
end
$$;
comment on function access.end_other_sessions is 'Ends all sessions and sign-in links of the account that is signed in, but this one.';
