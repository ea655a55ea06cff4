create or replace function analytics.periods(from_day date, to_day date, step text)
returns table (period date, first_day date, last_day date)
language sql immutable parallel safe rows 60 as $$
    select
        starts::date,
        greatest(starts::date, periods.from_day),
        least((starts + ('1 ' || analytics.unit_of(periods.step))::interval)::date - 1, periods.to_day)
    from generate_series(
        date_trunc(analytics.unit_of(periods.step), periods.from_day::timestamp),
        periods.to_day::timestamp,
        ('1 ' || analytics.unit_of(periods.step))::interval
    ) as starts
    where analytics.check_range(periods.from_day, periods.to_day)
$$;
comment on function analytics.periods is
'One row per day, ISO week (from Monday) or month that the range touches: period is its first day; first_day to last_day are its days inside the range.';
