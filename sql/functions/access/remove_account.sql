create or replace function access.remove_account(credential bytea, name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    found_id uuid;
begin
    select * into caller from access.acting(credential, 'admin');
    found_id := access.find_account(remove_account.name);
    if found_id = caller.account_id then
        raise exception 'Another admin must do this to your own account.' using errcode = 'insufficient_privilege';
    end if;
    delete from access.accounts where accounts.account_id = found_id;
    perform access.note('account_removed', caller.account_id, caller.key_id, found_id);
end
$$;
comment on function access.remove_account is
'Removes an account with its name, keys and sessions, for an admin. The audit log keeps its id.';
