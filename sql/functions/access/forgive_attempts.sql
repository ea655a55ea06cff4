create or replace function access.forgive_attempts(what text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    delete from access.attempts where attempts.bucket = access.bucket_of(what)
$$;
comment on function access.forgive_attempts is 'Forgets the guesses at something, once one was right.';
