create or replace function analytics.get_letters_by_type(in_site text, from_day date, to_day date, most integer default 10)
returns table (letter_type text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select found.value, found.event_count, found.visitors_at_least, found.visitors_at_most
    from analytics.get_property_values(
        get_letters_by_type.in_site, 'letter_generated', array['letter_type', 'type'],
        get_letters_by_type.from_day, get_letters_by_type.to_day, get_letters_by_type.most
    ) as found
    order by found.event_count desc, found.value
$$;
comment on function analytics.get_letters_by_type is
'One row per type of letter: value of the property letter_type (or type: send one of them) of the custom event letter_generated. Counts and their error: analytics.get_property_values.';
