{{ config(materialized='ephemeral') }}

with

arrivals as (
    select distinct
        arrival_source,
        arrival_medium,
        arrival_campaign
    from {{ ref('int_event_sessions') }}
    where is_entry and {{ in_days('event_day', before=1, after=1) }}
),

categories as (
    select * from {{ ref('traffic_source_categories') }}
),

channels as (
    select * from {{ ref('traffic_channels') }}
),

categorised as (
    select
        arrivals.*,
        categories.category,
        -- news.example.com is what its own row says, not what the row of example.com says.
        row_number() over (
            partition by arrivals.arrival_source, arrivals.arrival_medium, arrivals.arrival_campaign
            order by length(categories.source) desc
        ) as choice
    from arrivals
    left join categories
        on
            arrivals.arrival_source = categories.source
            or right(arrivals.arrival_source, length(categories.source) + 1) = '.' || categories.source
),

grouped as (
    select
        arrival_source,
        arrival_medium,
        arrival_campaign,
        {{ traffic_channel('arrival_source', 'arrival_medium', 'arrival_campaign', 'category') }} as channel
    from categorised
    where choice = 1
)

select
    grouped.*,
    channels.traffic_source
from grouped
inner join channels on grouped.channel = channels.channel
