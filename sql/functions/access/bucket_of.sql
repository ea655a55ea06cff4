create or replace function access.bucket_of(what text) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
    select get_byte(digest, 0) * 256 + get_byte(digest, 1)
    from (
        select sha256(secrets.secret || convert_to(what, 'UTF8')) as digest
        from access.secrets
        where secrets.name = 'salt'
    ) as keyed
$$;
comment on function access.bucket_of is 'The row of access.attempts that counts guesses at something.';
