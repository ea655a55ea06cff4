create or replace function raw.sum_up_day_counts() returns bigint
language sql as $$
    with gone as (
        delete from raw.day_counts
        where day in (select day from raw.day_counts group by day having count(*) > 1)
        returning day, events, crawlers
    ),
    summed as (
        insert into raw.day_counts (day, events, crawlers)
        select day, sum(events), sum(crawlers)
        from gone
        group by day
        having sum(events) <> 0 or sum(crawlers) <> 0
        returning 1
    )
    select count(*) from gone
$$;
comment on function raw.sum_up_day_counts is 'Makes one row of all that a day has; returns how many rows there were. Run by night.';
