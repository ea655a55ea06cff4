-- The days of tables of detail: one partition each, so that a day leaves by dropping it. Readers ask the table that a
-- partition is of, whose policies hold; so nobody may read the partitions themselves.
create schema days;
comment on schema days is
'Partitions of the tables with a row per event, page view, session or visitor: one per table and day. Ask the tables in schema marts.';

comment on column lake.days.left_at is
'When the rows of the day were dropped from PostgreSQL; NULL while it holds them.';

create table lake.left_visits (
    user_code text not null,
    site text not null,
    entity_type text not null,
    entity_id text not null,
    visitor_id text not null,
    account_id text,
    page_views bigint not null,
    first_viewed_at timestamptz not null,
    last_viewed_at timestamptz not null,
    seconds_on_page double precision,
    timed_views bigint not null,
    days bigint not null
);
comment on table lake.left_visits is
'One row per visitor and page or site that marts.visitor_days has, with what it had of them on days that have left PostgreSQL: summed up in the lake when marts.analytics_visitors is refreshed.';
comment on column lake.left_visits.days is 'Days with a page view, of those that have left; other columns as in marts.visitor_days.';
