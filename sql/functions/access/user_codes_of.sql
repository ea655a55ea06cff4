create or replace function access.user_codes_of(account_id uuid) returns text []
language sql stable set search_path = pg_catalog, pg_temp as $$
    select array(
        select ownerships.user_code
        from access.ownerships
        where ownerships.account_id = user_codes_of.account_id
        order by ownerships.user_code
    )
$$;
comment on function access.user_codes_of is 'The user codes that an account was given, in order; an admin sees all without them.';
