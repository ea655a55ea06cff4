create or replace function content.first_of(front_matter jsonb, variadic names text[]) returns text
language sql immutable strict parallel safe as $$
    select nullif(trim(front_matter ->> name), '')
    from unnest(names) with ordinality as wanted (name, place)
    where nullif(trim(front_matter ->> name), '') is not null
    order by place
    limit 1
$$;
comment on function content.first_of is 'The first of these names that has a value in the front matter, as text.';
