create or replace function access.find_account(name text) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid;
begin
    select accounts.account_id into found_id from access.accounts where accounts.name = find_account.name
    -- Who is being removed just now is not there, once that is done.
    for no key update;
    if found_id is null then
        raise exception 'There is no such account.' using errcode = 'no_data_found';
    end if;
    return found_id;
end
$$;
comment on function access.find_account is 'The id of the account of this name; an error where there is none.';
