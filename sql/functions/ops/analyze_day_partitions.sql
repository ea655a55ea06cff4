create or replace function ops.analyze_day_partitions(of_table regclass, first_day date, last_day date) returns void
-- Each day has a sample of its own, which need not be as large as that of a table of all days.
language plpgsql set search_path = pg_catalog, pg_temp set default_statistics_target = 10 as $$
begin
    -- This analyzes each partition too.
    if not ops.analyze_if_grown(of_table) then
        perform ops.analyze_if_grown(partition)
        from ops.day_partitions as days
        where
            days.of_table = analyze_day_partitions.of_table
            and (first_day is null or day >= first_day)
            and (last_day is null or day <= last_day);
    end if;
end
$$;
comment on function ops.analyze_day_partitions is
'Analyzes those partitions of a table of detail, from the first to the last day (NULL: all), that have grown; and the table as a whole where it has.';
