create or replace function access.sign_in_or_ask(account_id uuid, credential bytea, via text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    asks boolean;
begin
    select accounts.totp_secret is not null into asks
    from access.accounts
    where accounts.account_id = sign_in_or_ask.account_id;
    if not asks then
        return access.begin_session(sign_in_or_ask.account_id, credential, via);
    end if;
    perform access.open_session(sign_in_or_ask.account_id, credential, 'second_factor', interval '10 minutes');
    return 'second_factor';
end
$$;
comment on function access.sign_in_or_ask is
'Signs an account in (signed_in), or waits ten minutes for a one-time code where it has one (second_factor).';
