create or replace function access.make_link(credential bytea, name text, link bytea, lifetime interval default '1 hour')
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
    found_id uuid;
    ends timestamptz := clock_timestamp() + least(lifetime, interval '1 day');
begin
    select * into caller from access.acting(credential, 'admin');
    found_id := access.find_account(make_link.name);
    if make_link.name like 'key/%' then
        raise exception 'This account is a program''s: it has a key, and does not sign in.'
        using errcode = 'invalid_parameter_value';
    end if;
    delete from access.sign_in_links where sign_in_links.expires_at < clock_timestamp();
    insert into access.sign_in_links (secret_hash, account_id, expires_at) values (sha256(link), found_id, ends);
    perform access.note('link_made', caller.account_id, caller.key_id, found_id);
    return ends;
end
$$;
comment on function access.make_link is
'Makes a link that signs an account in once, for an admin. Returns when it ends: after an hour, or lifetime, a day at most.';
