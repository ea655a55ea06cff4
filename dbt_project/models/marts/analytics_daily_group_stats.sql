{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

all_sessions as (
    select * from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
),

share_codes as (
    select * from {{ ref('int_share_codes') }}
),

sessions as (
    select
        all_sessions.user_code,
        coalesce(share_codes.counted_as, '') as share_code,
        all_sessions.session_day as date,
        count(*) as sessions,
        0 as page_views,
        0 as clicks
    from all_sessions
    left join share_codes
        on
            all_sessions.user_code = share_codes.user_code
            and all_sessions.session_day = share_codes.date
            and all_sessions.share_code = share_codes.share_code
    group by all_sessions.user_code, coalesce(share_codes.counted_as, ''), all_sessions.session_day
),

page_views as (
    select
        user_code,
        share_code,
        date,
        0 as sessions,
        sum(view_count) as page_views,
        0 as clicks
    from {{ ref('analytics_daily_page_stats') }}
    where {{ in_days('date') }}
    group by user_code, share_code, date
),

clicks as (
    select
        user_code,
        share_code,
        date,
        0 as sessions,
        0 as page_views,
        sum(click_count) as clicks
    from {{ ref('analytics_daily_click_targets') }}
    where {{ in_days('date') }}
    group by user_code, share_code, date
),

counts as (
    select * from sessions
    union all
    select * from page_views
    union all
    select * from clicks
)

select
    user_code,
    share_code,
    date,
    cast(sum(sessions) as bigint) as total_sessions,
    cast(sum(page_views) as bigint) as total_page_views,
    cast(sum(clicks) as bigint) as total_clicks
from counts
group by user_code, share_code, date
