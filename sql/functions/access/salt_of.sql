create or replace function access.salt_of(name text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select substr(sha256(secrets.secret || convert_to('password of ' || lower(salt_of.name), 'UTF8')), 1, 16)
    from access.secrets
    where secrets.name = 'salt'
$$;
comment on function access.salt_of is
'The salt, 16 bytes, with which the password of an account of this name is hashed. Every name has one, so that it does not say whether there is such an account.';
