create or replace function access.is_unscoped() returns boolean
language sql stable parallel restricted set search_path = pg_catalog, pg_temp as $$
    select session_user = current_user or coalesce(pg_has_role(session_user, to_regrole('dogear_analyst'), 'member'), false)
$$;
comment on function access.is_unscoped is
'For SECURITY DEFINER functions: whether who is connected reads all rows, as the owner of the database and analysts do.';
