-- What counts as a conversion, and how many events each day holds.

create table content.goals (
    site text not null references content.sites on delete cascade,
    goal text not null check (goal <> ''),
    event_type text not null check (event_type <> ''),
    page_path text,
    added_at timestamptz not null default now(),
    primary key (site, goal)
);
comment on table content.goals is 'One row per goal of a site: events that count as conversions.';
comment on column content.goals.site is 'Site for which it counts.';
comment on column content.goals.goal is 'Its name.';
comment on column content.goals.event_type is 'Type of the events that reach it: page_view, click, or any custom name.';
comment on column content.goals.page_path is 'Path on which they must happen; NULL for any.';
comment on column content.goals.added_at is 'When it was added.';

-- Counting all events at every look would take as long as there is history. A row for each load and day, in the load's own
-- transaction: no load waits for another, and what is not committed is not counted.
create table raw.day_counts (
    day date not null,
    events bigint not null
);
create index on raw.day_counts (day) include (events);
comment on table raw.day_counts is
'One row per load and UTC day: how many events of people it brought, or took away. The sum of a day is what raw.events holds.';
comment on column raw.day_counts.day is 'UTC day on which they happened.';
comment on column raw.day_counts.events is 'Events of people, not crawlers; negative where they were erased.';

insert into raw.day_counts (day, events)
select (occurred_at at time zone 'UTC')::date, count(*) from raw.events where not is_bot group by 1;

create function raw.sum_up_day_counts() returns bigint
language sql as $$
    with gone as (
        delete from raw.day_counts
        where day in (select day from raw.day_counts group by day having count(*) > 1)
        returning day, events
    ),
    summed as (
        insert into raw.day_counts (day, events)
        select day, sum(events) from gone group by day having sum(events) <> 0
        returning 1
    )
    select count(*) from gone
$$;
comment on function raw.sum_up_day_counts is 'Makes one row of all that a day has; returns how many rows there were. Run by night.';
