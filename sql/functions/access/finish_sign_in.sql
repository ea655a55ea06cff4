create or replace function access.finish_sign_in(
    awaited bytea, credential bytea, totp_step bigint default null, recovery_code bytea default null
) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid := access.awaiting(awaited);
begin
    -- See access.begin_session. What ended while we waited for the account awaits no code.
    perform from access.accounts where accounts.account_id = found_id for no key update;
    found_id := access.awaiting(awaited);
    if totp_step is not null then
        update access.accounts set totp_step = finish_sign_in.totp_step
        where accounts.account_id = found_id and accounts.totp_step < finish_sign_in.totp_step;
    else
        delete from access.recovery_codes
        where recovery_codes.account_id = found_id and recovery_codes.code_hash = sha256(recovery_code);
    end if;
    if not found then
        perform access.note_refused(found_id, 'code');
        return 'refused';
    end if;
    delete from access.sessions where sessions.secret_hash = sha256(awaited);
    perform access.forgive_attempts('code of ' || found_id);
    return access.begin_session(
        found_id, credential, case when totp_step is null then 'recovery_code' else 'one_time_code' end
    );
end
$$;
comment on function access.finish_sign_in is
'Signs in where a code is awaited: with the time step of a one-time code, which its caller has verified and which is newer than the last one used, or with an unused recovery code. signed_in or refused.';
