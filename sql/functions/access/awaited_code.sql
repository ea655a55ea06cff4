create or replace function access.awaited_code(credential bytea)
returns table (wait_seconds integer, totp_secret text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid := access.awaiting(credential);
begin
    if found_id is null then
        return;
    end if;
    wait_seconds := access.take_attempt('code of ' || found_id);
    if wait_seconds = 0 then
        totp_secret := (select accounts.totp_secret from access.accounts where accounts.account_id = found_id);
    end if;
    return next;
end
$$;
comment on function access.awaited_code is
'One row: the secret with which one guess at a one-time code may be checked, which counts it, or the seconds to wait; none where no code is awaited.';
