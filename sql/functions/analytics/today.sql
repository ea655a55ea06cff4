create or replace function analytics.today() returns date
language sql stable parallel safe as $$
    select (now() at time zone 'UTC')::date
$$;
comment on function analytics.today is 'The site''s day that it is now.';
