create or replace function access.change_account(
    credential bytea,
    name text,
    role text default null,
    plan text default null,
    user_codes text [] default null,
    is_enabled boolean default null
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    found_id uuid;
begin
    select * into caller from access.acting(credential, 'admin');
    found_id := access.find_account(change_account.name);
    if found_id = caller.account_id and (role is not null or is_enabled is false) then
        raise exception 'Another admin must do this to your own account.' using errcode = 'insufficient_privilege';
    end if;
    update access.accounts
    set
        role = coalesce(change_account.role, accounts.role),
        plan = coalesce(change_account.plan, accounts.plan),
        disabled_at = case
            when is_enabled then null
            when not is_enabled then coalesce(accounts.disabled_at, now())
            else accounts.disabled_at
        end
    where accounts.account_id = found_id;
    if user_codes is not null then
        perform access.give_user_codes(found_id, user_codes);
    end if;
    if is_enabled is false then
        perform access.end_sessions(found_id);
    end if;
    perform access.note(
        'account_changed', caller.account_id, caller.key_id, found_id,
        jsonb_strip_nulls(
            jsonb_build_object('role', role, 'plan', plan, 'user_codes', user_codes, 'is_enabled', is_enabled)
        )
    );
end
$$;
comment on function access.change_account is
'Changes what is not NULL, for an admin: role, plan, all user codes, whether it may sign in. It holds from the next request on.';
