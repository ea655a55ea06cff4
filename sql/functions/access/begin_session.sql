create or replace function access.begin_session(account_id uuid, credential bytea, via text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform
        access.open_session(begin_session.account_id, credential, 'session', interval '30 days'),
        access.note(
            'signed_in', begin_session.account_id, null, begin_session.account_id, jsonb_build_object('via', via)
        );
    return 'signed_in';
end
$$;
comment on function access.begin_session is 'Signs an account in, for 30 days at most, and notes by what. Returns signed_in. Its caller has locked the account and checked it since, so that anyone who ends all sessions at the same time ends this one too, or has ended what it came by.';
