create or replace function access.sign_in_by_link(link bytea, credential bytea) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_id uuid;
begin
    delete from access.sign_in_links
    using access.accounts
    where
        sign_in_links.secret_hash = sha256(link)
        and sign_in_links.expires_at > clock_timestamp()
        and accounts.account_id = sign_in_links.account_id
        and accounts.disabled_at is null
    returning sign_in_links.account_id into found_id;
    if found_id is null then
        return 'refused';
    end if;
    return access.sign_in_or_ask(found_id, credential, 'link');
end
$$;
comment on function access.sign_in_by_link is
'Uses up a link. signed_in or second_factor, as access.sign_in says it; refused for a link that was used, is too old, or never was.';
