create or replace function access.reset_second_factor(credential bytea, name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    found_id uuid;
begin
    select * into caller from access.acting(credential, 'admin');
    found_id := access.find_account(reset_second_factor.name);
    update access.accounts set totp_secret = null, totp_step = 0 where accounts.account_id = found_id;
    delete from access.recovery_codes where recovery_codes.account_id = found_id;
    perform
        access.end_sessions(found_id),
        access.note('second_factor_reset', caller.account_id, caller.key_id, found_id);
end
$$;
comment on function access.reset_second_factor is
'Takes one-time codes from an account that lost its device, for an admin, and ends its sessions.';
