create or replace function access.add_account(
    credential bytea, name text, role text, plan text, user_codes text [], oidc_issuer text default null
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    added uuid;
begin
    select * into caller from access.acting(credential, 'admin');
    insert into access.accounts (name, role, plan, oidc_issuer)
    values (add_account.name, add_account.role, add_account.plan, add_account.oidc_issuer)
    returning accounts.account_id into added;
    perform
        access.give_user_codes(added, user_codes),
        access.note(
            'account_added', caller.account_id, caller.key_id, added,
            jsonb_build_object('role', role, 'plan', plan, 'user_codes', user_codes)
        );
    return added;
exception when unique_violation then
    raise exception 'There is an account of this name already.' using errcode = 'unique_violation';
end
$$;
comment on function access.add_account is 'Adds an account, for an admin. Returns its id; an error where there is one of that name.';
