{{ config(materialized='ephemeral') }}

with

documents as (
    select distinct
        event_day,
        user_code,
        site,
        entity_type as content_type,
        entity_id as content_id
    from {{ ref('int_page_entities') }}
    where entity_type <> 'page' and event_day = marts_day
),

-- Clocks of authors differ: a version is live when all before it are.
started as (
    select
        *,
        max(authored_at) over (partition by site, content_id order by version_number) as live_from
    from {{ ref('stg_content_versions') }}
),

versions as (
    select
        *,
        lead(live_from) over (partition by site, content_id order by version_number) as live_to
    from started
)

-- Cut at midnight: later changes of a version do not matter for the day.
select
    documents.event_day,
    documents.user_code,
    documents.site,
    documents.content_type,
    documents.content_id,
    versions.version_number,
    greatest(versions.live_from, {{ start_of('documents.event_day') }}) as live_from,
    least(versions.live_to, {{ start_of('documents.event_day + 1') }}) as live_to
from documents
inner join versions
    on
        documents.user_code = versions.user_code
        and documents.site = versions.site
        and documents.content_id = versions.content_id
        and versions.live_from < {{ start_of('documents.event_day + 1') }}
        and coalesce(versions.live_to > {{ start_of('documents.event_day') }}, true)
        and coalesce(versions.live_to > versions.live_from, true)
where versions.change_type <> 'delete'
