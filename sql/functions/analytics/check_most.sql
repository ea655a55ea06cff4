create or replace function analytics.check_most(most integer) returns integer
language plpgsql immutable parallel safe as $$
begin
    if most is null or most not between 1 and 100000 then
        raise exception 'most is %; it must be between 1 and 100000 rows.', coalesce(most::text, 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    return most;
end
$$;
comment on function analytics.check_most is 'most, where that many rows may be asked for: 1 to 100000; else an error that says so.';
