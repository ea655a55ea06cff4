create or replace function analytics.is_inside_period(from_day date, to_day date, step text) returns boolean
language sql immutable parallel safe as $$
    select
        date_trunc(analytics.unit_of(step), (from_day - 1)::timestamp)
        = date_trunc(analytics.unit_of(step), (to_day + 1)::timestamp)
$$;
comment on function analytics.is_inside_period is
'Whether the range lies within one week or month and has neither its first day nor its last: how many visitors such a range had, marts.visitor_periods cannot tell.';
