-- The events of pg_temp.loading that raw.events does not hold yet.
--
-- The primary key (event_id, occurred_at, site) identifies them, except those whose time was corrected: that depends on
-- when they were received. They are identified by site and id alone, and the first copy is kept.
with first_copies as (
    select distinct on (event_id, site) *
    from pg_temp.loading
    where (event_id, site) in (select event_id, site from pg_temp.loading where client_occurred_at is not null)
    order by event_id, site, received_at
),

new_copies as (
    select *
    from first_copies
    where
        not exists (
            select from raw.events as known
            where known.event_id = first_copies.event_id::uuid and known.site = first_copies.site
        )
        -- Its day may be only in the lake.
        and not exists (
            select from raw.corrected_events as known
            where known.event_id = first_copies.event_id::uuid and known.site = first_copies.site
        )
),

noted as (
    insert into raw.corrected_events (event_id, site)
    select event_id::uuid, site from new_copies where client_occurred_at is not null
    on conflict do nothing
),

written as (
    insert into raw.events ({columns})
    select {values} from new_copies
    union all
    select {values}
    from pg_temp.loading
    where
        not exists (
            select from first_copies where first_copies.event_id = loading.event_id and first_copies.site = loading.site
        )
        and not exists (
            select from raw.corrected_events as known
            where known.event_id = loading.event_id::uuid and known.site = loading.site
        )
    on conflict do nothing
    returning occurred_at, is_bot
),

counted as (
    insert into raw.day_counts (day, events, crawlers)
    select (occurred_at at time zone 'UTC')::date, count(*) filter (where not is_bot), count(*) filter (where is_bot)
    from written
    group by 1
)

select count(*) from written
