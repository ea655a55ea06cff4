create or replace function analytics.check_range(from_day date, to_day date) returns boolean
language plpgsql immutable parallel safe as $$
begin
    if from_day is null or to_day is null then
        raise exception 'from_day and to_day must be given: the first and the last day, such as 2026-03-01.'
            using errcode = 'invalid_parameter_value';
    end if;
    if to_day < from_day then
        raise exception 'to_day (%) lies before from_day (%).', to_day, from_day
            using errcode = 'invalid_parameter_value', hint = 'Both days belong to the range; one day is from X to X.';
    end if;
    if to_day >= from_day + interval '10 years' then
        raise exception 'The range from % to % is longer than 10 years, the longest that is answered.', from_day, to_day
            using errcode = 'invalid_parameter_value';
    end if;
    return true;
end
$$;
comment on function analytics.check_range is
'True for days that a function here may be asked for; else an error that says what is allowed: first not after last, 10 years at most.';
