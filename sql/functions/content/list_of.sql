create or replace function content.list_of(front_matter jsonb, variadic names text[]) returns text[]
language sql immutable parallel safe as $$
    select coalesce(
        (
            select
                case
                    when jsonb_typeof(front_matter -> name) = 'array'
                        then array(select jsonb_array_elements_text(front_matter -> name))
                    else regexp_split_to_array(trim(front_matter ->> name), '\s*,\s*')
                end
            from unnest(names) with ordinality as wanted (name, place)
            where nullif(front_matter ->> name, '') is not null and jsonb_typeof(front_matter -> name) <> 'object'
            order by place
            limit 1
        ),
        '{}'
    )
$$;
comment on function content.list_of is 'A list of the front matter, whether it is written as one or separated by commas.';
