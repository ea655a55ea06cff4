-- Of a day's texts, the most frequent have rows of their own now: days with more are built once more.
do $$
declare
    mart text;
begin
    foreach mart in array array[
        'marts.analytics_daily_sources', 'marts.analytics_daily_click_targets', 'marts.analytics_daily_page_stats',
        'marts.analytics_daily_properties', 'marts.analytics_daily_events'
    ] loop
        if to_regclass(mart) is not null and to_regclass('marts.built_days') is not null then
            -- A build of them has begun: stale_days.py
            execute format(
                'update marts.built_days set events = -2 '
                'where day in (select date from %s group by date having count(*) > 1000)',
                mart
            );
        end if;
    end loop;
end $$;
