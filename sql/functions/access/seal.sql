-- HMAC needs an extension; hashing twice with the secret has what is needed of it: nobody can continue a sealed text. No
-- setting of a session changes how these values are written.
create or replace function access.seal(scope text) returns text
language sql stable parallel restricted set search_path = pg_catalog, pg_temp as $$
    select encode(sha256(secrets.secret || sha256(secrets.secret || convert_to(
        format('%s %s %s', pg_backend_pid(), extract(epoch from transaction_timestamp()), seal.scope), 'UTF8'
    ))), 'hex')
    from access.scope_secret as secrets
$$;
comment on function access.seal is
'The seal of a scope in this transaction of this connection, 64 hexadecimal digits: the same scope has another one anywhere else.';
