create or replace function access.give_user_codes(account_id uuid, user_codes text []) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    delete from access.ownerships
    where ownerships.account_id = give_user_codes.account_id and ownerships.user_code <> all(user_codes);
    insert into access.ownerships (account_id, user_code)
    select give_user_codes.account_id, given from unnest(user_codes) as given
    on conflict do nothing;
$$;
comment on function access.give_user_codes is 'Lets an account see these user codes and no others.';
