create or replace function access.set_scope(
    account_id text, role text, plan text, user_codes text [] default null, sites text [] default null
) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    scope text := jsonb_build_object(
        'account_id', account_id, 'role', role, 'plan', plan, 'user_codes', user_codes, 'sites', sites
    );
begin
    perform set_config('dogear.scope', access.seal(scope) || ' ' || scope, true);
end
$$;
comment on function access.set_scope is
'Sets what the rest of this transaction may see: rows of these user_codes (NULL: of all), and of these sites alone (NULL: of all).
For functions that have checked a credential. It is no SECURITY DEFINER function, so nobody else can call it: the secret is read with the rights of the caller.';
