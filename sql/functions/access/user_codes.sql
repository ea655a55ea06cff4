create or replace function access.user_codes() returns text []
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
    named jsonb := access.scope() -> 'user_codes';
begin
    return array(select jsonb_array_elements_text(case when jsonb_typeof(named) = 'array' then named else '[]' end));
end
$$;
comment on function access.user_codes is
'The user_codes that the scope of this transaction names; none where there is no scope, and where it holds all (access.sees_all).';
