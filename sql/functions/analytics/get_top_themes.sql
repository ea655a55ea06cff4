create or replace function analytics.get_top_themes(in_site text, from_day date, to_day date, most integer default 10)
returns table (theme text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select found.value, found.event_count, found.visitors_at_least, found.visitors_at_most
    from analytics.get_property_values(
        get_top_themes.in_site, 'theme', array['theme'], get_top_themes.from_day, get_top_themes.to_day,
        get_top_themes.most
    ) as found
    order by found.event_count desc, found.value
$$;
comment on function analytics.get_top_themes is
'One row per theme: value of the property theme of the custom event theme. Counts and their error: analytics.get_property_values.';
