create or replace function analytics.detail_begins() returns date
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select max(day) + 1 from lake.days where of_table = 'marts.visitor_days' and left_at is not null
$$;
comment on function analytics.detail_begins is
'The first day from which on PostgreSQL holds each page view, session and visitor; of days before it only the lake does, and PostgreSQL what they add up to. NULL while no day has left.';
