{{ config(materialized='table', post_hook="{{ analyze_if_grown(this) }}") }}

-- Only for the days that are being built, and new in each build: few rows, which the next model joins to all events.
with recursive

-- The salt changes at midnight, and with it the id of a visitor without account or consent. Shortly after midnight
-- their events name the id of the day before as well. (An id belongs to one site: the hash is made of it, too.)
midnight_links as (
    select
        visitor_id,
        min(previous_anonymous_id) as previous_id
    from {{ ref('stg_events') }}
    where
        visitor_id = anonymous_id
        and previous_anonymous_id is not null
        and not is_bot
        and {{ at_days('occurred_at', before=3, after=2) }}
    group by visitor_id
),

-- Some read around several midnights in a row.
chains as (
    select
        links.visitor_id,
        links.previous_id as first_id
    from midnight_links as links
    where
        not exists (
            select 1
            from midnight_links as earlier
            where earlier.visitor_id = links.previous_id
        )

    union all

    select
        links.visitor_id,
        chains.first_id
    from midnight_links as links
    inner join chains on links.previous_id = chains.visitor_id
)

select * from chains
