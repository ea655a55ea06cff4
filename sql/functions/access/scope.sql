-- Anybody may write the setting, so only its seal counts. Hashes are compared, so that the time it takes says nothing
-- about the seal.
create or replace function access.scope() returns jsonb
language plpgsql stable parallel restricted set search_path = pg_catalog, pg_temp as $$
declare
    sealed text := current_setting('dogear.scope', true);
    scope text := substr(sealed, 66);
begin
    if sha256(convert_to(left(sealed, 65), 'UTF8')) = sha256(convert_to(access.seal(scope) || ' ', 'UTF8')) then
        return scope::jsonb;
    end if;
    return null;
end
$$;
comment on function access.scope is
'What access.set_scope has set in this transaction: {account_id, role, plan, user_codes, sites}; NULL where it was not called, or somebody else wrote the setting. For functions of the owner: it reads the secret.';
