create or replace function analytics.unit_of(step text) returns text
language plpgsql immutable parallel safe as $$
begin
    if step is null or step not in ('daily', 'weekly', 'monthly') then
        raise exception 'There is no step %; there are: daily, weekly (from Monday), monthly.', coalesce(quote_literal(left(step, 40)), 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    return case step when 'daily' then 'day' when 'weekly' then 'week' else 'month' end;
end
$$;
comment on function analytics.unit_of is 'The period of a step, as date_trunc names it: day, week or month; an error for any other step.';
