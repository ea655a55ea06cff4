-- How often a page was viewed tells whether it has rows of its own. dbt refuses a table without the column; where fewer pages
-- than that were viewed on a day, what it holds does not matter.
do $$
begin
    if to_regclass('intermediate.int_viewed_pages') is not null then
        alter table intermediate.int_viewed_pages add column page_views bigint not null default 0;
    end if;
end $$;

-- Days with more pages, spots or shared links than have rows of their own now are built once more.
do $$
declare
    question text;
begin
    if to_regclass('marts.built_days') is null then
        return;
    end if;
    foreach question in array array[
        'select date from marts.analytics_aggregates where entity_type = ''page'' and hour is null
         group by date having count(*) > 1000',
        'select date from marts.analytics_heatmap group by date having count(*) > 10000',
        'select date from marts.analytics_daily_group_stats group by date having count(*) > 1000'
    ] loop
        if to_regclass(substring(question from 'marts\.\w+')) is not null then
            -- A build of them has begun: stale_days.py
            execute 'update marts.built_days set events = -2 where day in (' || question || ')';
        end if;
    end loop;
end $$;
