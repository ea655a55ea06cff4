{{ config(materialized='view') }}

-- The current content, and the content that days were built with: a day on which they differ must be built again.
with

entities_now as (
    select * from {{ ref('int_current_page_entities') }}
),

entities as (
    select * from {{ ref('int_page_entities') }}
),

versions_now as (
    select * from {{ ref('int_current_live_versions') }}
),

versions as (
    select * from {{ ref('int_live_versions') }}
),

other_entities as (
    select entities.marts_day
    from entities
    inner join entities_now
        on
            entities.event_day = entities_now.event_day
            and entities.user_code = entities_now.user_code
            and entities.site = entities_now.site
            and entities.page_path = entities_now.page_path
    where
        entities.entity_type <> entities_now.entity_type
        or entities.entity_id <> entities_now.entity_id
),

other_versions as (
    select coalesce(versions.event_day, versions_now.event_day) as event_day
    from versions
    full join versions_now
        on
            versions.event_day = versions_now.event_day
            and versions.user_code = versions_now.user_code
            and versions.site = versions_now.site
            and versions.content_id = versions_now.content_id
            and versions.version_number = versions_now.version_number
    where
        versions.content_type is distinct from versions_now.content_type
        or versions.live_from is distinct from versions_now.live_from
        or versions.live_to is distinct from versions_now.live_to
)

select marts_day as day from other_entities
union distinct
select event_day from other_versions
