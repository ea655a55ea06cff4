create or replace function access.list_sites(credential bytea) returns table (site text, user_code text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.acting(credential, 'analyst');
    return query
    select sites.site, sites.user_code
    from content.sites
    where
        (caller.user_codes is null or sites.user_code = any(caller.user_codes))
        and (caller.sites is null or sites.site = any(caller.sites))
    order by sites.site;
end
$$;
comment on function access.list_sites is 'One row per site that the caller may see, by name.';
