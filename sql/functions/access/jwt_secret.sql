create or replace function access.jwt_secret() returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select secrets.secret from access.secrets where secrets.name = 'jwt'
$$;
comment on function access.jwt_secret is
'What JSON Web Tokens are signed with. It opens nothing alone: the database checks the credential that a token carries.';
