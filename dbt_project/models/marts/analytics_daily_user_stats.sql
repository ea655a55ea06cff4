{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

groups as (
    select * from {{ ref('analytics_daily_group_stats') }}
    where {{ in_days('date') }}
),

visitor_days as (
    select * from {{ ref('visitor_days') }}
    where entity_type = 'site' and {{ in_days('day') }}
),

-- A visitor of two sites of one owner is one visitor.
visitors as (
    select distinct
        user_code,
        day as date,
        visitor_id
    from visitor_days
),

unique_visitors as (
    select
        user_code,
        date,
        count(*) as unique_visitors
    from visitors
    group by user_code, date
),

share_codes as (
    select
        user_code,
        date,
        count(*) as unique_share_codes
    from {{ ref('int_share_codes') }}
    group by user_code, date
),

stats as (
    select
        user_code,
        date,
        sum(total_sessions) as total_sessions,
        sum(total_page_views) as total_page_views,
        sum(total_clicks) as total_clicks
    from groups
    group by user_code, date
)

select
    stats.user_code,
    stats.date,
    cast(stats.total_sessions as bigint) as total_sessions,
    cast(stats.total_page_views as bigint) as total_page_views,
    cast(stats.total_clicks as bigint) as total_clicks,
    coalesce(share_codes.unique_share_codes, 0) as unique_share_codes,
    coalesce(unique_visitors.unique_visitors, 0) as unique_visitors
from stats
left join share_codes on stats.user_code = share_codes.user_code and stats.date = share_codes.date
left join unique_visitors on stats.user_code = unique_visitors.user_code and stats.date = unique_visitors.date
