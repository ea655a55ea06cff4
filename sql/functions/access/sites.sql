create or replace function access.sites() returns text []
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
    named jsonb := coalesce(access.scope() -> 'sites', '[]');
begin
    if named = 'null' then
        return null;
    end if;
    return array(select jsonb_array_elements_text(named));
end
$$;
comment on function access.sites is
'The sites to which the scope of this transaction is limited: NULL where to none, empty where there is no scope.';
