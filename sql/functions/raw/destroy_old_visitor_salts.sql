create or replace function raw.destroy_old_visitor_salts() returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with destroyed as (
        delete from raw.visitor_salts where created_at < now() - interval '2 days' returning day
    )
    select count(*) from destroyed
$$;
comment on function raw.destroy_old_visitor_salts is
'Destroys the salts that have lived for two days: their visitor ids can no longer be tied to an address.';
