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

sources as (
    select distinct arrival_source from arrivals
),

forms as (
    {% for form in source_forms('arrival_source') -%}
    select
        arrival_source,
        {{ form }} as form,
        {{ loop.index }} as choice
    from sources
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

known as (
    select
        forms.arrival_source,
        categories.category,
        row_number() over (partition by forms.arrival_source order by forms.choice) as place
    from forms
    inner join categories on forms.form = categories.source
),

grouped as (
    select
        arrivals.arrival_source,
        arrivals.arrival_medium,
        arrivals.arrival_campaign,
        {{ traffic_channel(
            'arrivals.arrival_source', 'arrivals.arrival_medium', 'arrivals.arrival_campaign', 'known.category'
        ) }} as channel
    from arrivals
    left join known on arrivals.arrival_source = known.arrival_source and known.place = 1
)

select
    grouped.*,
    channels.traffic_source
from grouped
inner join channels on grouped.channel = channels.channel
