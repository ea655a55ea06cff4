create or replace function access.sites_of(account_id uuid) returns table (site text, user_code text)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select sites.site, sites.user_code
    from content.sites
    inner join access.accounts on accounts.account_id = sites_of.account_id
    where
        accounts.role = 'admin'
        or sites.user_code = any(access.user_codes_of(sites_of.account_id))
$$;
comment on function access.sites_of is 'One row per site that an account may see.';
