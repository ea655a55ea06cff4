create or replace function analytics.get_property_values(
    in_site text, event_type text, properties text [], from_day date, to_day date, most integer
)
returns table (value text, event_count bigint, visitors_at_least bigint, visitors_at_most bigint)
language sql stable parallel safe rows 10 as $$
    select
        by_day.value,
        sum(by_day.event_count)::bigint as event_count,
        max(by_day.visitors)::bigint,
        sum(by_day.visitors)::bigint
    from (
        select days.value, days.date, sum(days.event_count) as event_count, sum(days.visitors) as visitors
        from marts.analytics_daily_properties as days
        where
            days.site = get_property_values.in_site
            and days.event_type = get_property_values.event_type
            and days.property = any(get_property_values.properties)
            and days.date between get_property_values.from_day and get_property_values.to_day
            and analytics.check_range(get_property_values.from_day, get_property_values.to_day)
        group by days.value, days.date
    ) as by_day
    group by by_day.value
    order by event_count desc, by_day.value
    limit analytics.check_most(get_property_values.most)
$$;
comment on function analytics.get_property_values is
'One row per value that a property (one of `properties`) of a custom event had, on the site''s days of the range, the most frequent first.
event_count: exact. Visitors are counted a day at a time, so those of the range lie between visitors_at_least (the day with the most) and visitors_at_most (all days together); of one day both are right.';
