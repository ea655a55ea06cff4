create or replace function access.sign_in_by_link(link bytea, credential bytea) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid;
begin
    -- The account before its link, as who ends its sessions takes them: see access.begin_session.
    select accounts.account_id into found_id
    from access.sign_in_links
    inner join access.accounts on accounts.account_id = sign_in_links.account_id
    where
        sign_in_links.secret_hash = sha256(link)
        and sign_in_links.expires_at > clock_timestamp()
        and accounts.disabled_at is null
    for no key update of accounts;
    delete from access.sign_in_links
    where sign_in_links.secret_hash = sha256(link) and sign_in_links.account_id = found_id;
    if not found then
        return 'refused';
    end if;
    return access.sign_in_or_ask(found_id, credential, 'link');
end
$$;
comment on function access.sign_in_by_link is
'Uses up a link. signed_in or second_factor, as access.sign_in says it; refused for a link that was used, is too old, or never was.';
