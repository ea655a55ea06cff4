create or replace function access.add_program(name text, role text, plan text, site text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    owner text;
    found_id uuid;
begin
    perform access.acting(null, 'admin');
    select sites.user_code into owner from content.sites where sites.site = add_program.site;
    if owner is null then
        raise exception 'There is no site %.', site using errcode = 'no_data_found';
    end if;
    select accounts.account_id into found_id from access.accounts where accounts.name = add_program.name;
    if found_id is null then
        perform access.add_account(null, name, role, plan, array[owner]);
    else
        -- Its keys are revoked, or a key of that name could not be made.
        perform access.change_account(null, name, role, plan, array[owner], true);
    end if;
end
$$;
comment on function access.add_program is
'Adds the account of a program, for a command: it has this role for the owner of this site. Changes it where there is one of this name.';
