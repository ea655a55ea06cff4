create or replace function access.sign_in_by_provider(issuer text, subject text, email text, credential bytea) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid;
begin
    select accounts.account_id into found_id
    from access.accounts
    where
        accounts.oidc_issuer = issuer
        and (
            accounts.oidc_subject = subject
            or (accounts.oidc_subject is null and accounts.name = lower(sign_in_by_provider.email))
        )
        and accounts.disabled_at is null
    -- An account that has this id already, before one of the same address.
    order by accounts.oidc_subject
    limit 1
    -- See access.begin_session. Of two who come for the first time at once, the second finds the id of the first.
    for no key update;
    if found_id is null then
        perform access.note_refused(null, 'provider');
        return 'refused';
    end if;
    update access.accounts set oidc_subject = subject
    where accounts.account_id = found_id and accounts.oidc_subject is null;
    return access.begin_session(found_id, credential, 'provider');
end
$$;
comment on function access.sign_in_by_provider is
'signed_in, where an account may be signed in by this OpenID provider, and has this id there, or, the first time, this verified e-mail address as its name; else refused. The caller has verified what the provider says: this cannot.';
