-- dbt makes both anew, with columns that they did not have; and since they held what days were built with, each day is built
-- once more.
drop table if exists intermediate.int_page_entities, intermediate.int_viewed_pages cascade;

do $$
begin
    if to_regclass('marts.built_days') is not null then
        -- A build of them has begun: stale_days.py
        update marts.built_days set events = -2;
    end if;
end $$;
