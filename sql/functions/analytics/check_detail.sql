create or replace function analytics.check_detail(from_day date, to_day date) returns boolean
language plpgsql stable parallel safe as $$
declare
    first_day date := analytics.detail_begins();
begin
    if from_day < first_day then
        raise exception 'Visitors of days before % have left PostgreSQL for the lake, and the range begins on %.', first_day, from_day
            using
                errcode = 'invalid_parameter_value',
                hint = 'Ask from that day on, or ask DuckDB, where this function has the same name: dogear duckdb';
    end if;
    return true;
end
$$;
comment on function analytics.check_detail is
'True for a range whose page views, sessions and visitors are all in PostgreSQL; else an error that says from which day on they are.';
