create or replace function access.sees_all() returns boolean
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
    return coalesce(access.scope() -> 'user_codes' = 'null', false);
end
$$;
comment on function access.sees_all is 'Whether the scope of this transaction holds all user_codes; false where there is no scope.';
