create or replace function access.set_totp(
    credential bytea,
    totp_secret text,
    totp_step bigint,
    recovery_codes bytea [],
    current_hash bytea default null
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    own uuid := access.own_session(credential);
    checked integer := access.check_password(own, current_hash);
begin
    if checked = 0 then
        update access.accounts
        set totp_secret = set_totp.totp_secret, totp_step = coalesce(set_totp.totp_step, 0)
        where accounts.account_id = own;
        delete from access.recovery_codes as old where old.account_id = own;
        insert into access.recovery_codes (account_id, code_hash)
        select own, sha256(code) from unnest(set_totp.recovery_codes) as code;
        perform
            access.end_sessions(own, credential),
            access.note(case when totp_secret is null then 'totp_off' else 'totp_on' end, own, null, own);
    end if;
    return checked;
end
$$;
comment on function access.set_totp is
'Asks the account that is signed in for one-time codes from now on, with new recovery codes; no longer, where the secret is NULL. 0 where it was done: see access.check_password.';
