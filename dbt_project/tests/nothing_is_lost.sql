{#- Mart, the column of its day, what it holds, and how often. -#}
{%- set marts = [
    ('analytics_page_views', 'view_day', 'page_views', 'count(*)'),
    ('analytics_clicks', 'click_day', 'clicks', 'count(*)'),
    ('analytics_sessions', 'session_day', 'sessions', 'count(*)'),
    (
        'analytics_aggregates', 'date', 'page_views',
        "sum(case when entity_type = 'site' then total_views end) / 2"
    ),
    ('analytics_daily_user_stats', 'date', 'page_views', 'sum(total_page_views)'),
    ('analytics_daily_user_stats', 'date', 'sessions', 'sum(total_sessions)'),
    ('analytics_daily_group_stats', 'date', 'clicks', 'sum(total_clicks)'),
    ('analytics_daily_click_targets', 'date', 'clicks', 'sum(click_count)'),
    ('analytics_daily_page_stats', 'date', 'page_views', 'sum(view_count)'),
] -%}

-- Every page view and click of the built days is in its mart, every session has its row, and the rollups add up to
-- the rows (analytics_aggregates counts each view in its day and in its hour). Each row of the result is a day and a
-- mart where this is not so.
with

event_sessions as (
    select * from {{ ref('int_event_sessions') }}
    where {{ in_days('event_day') }}
),

expected as (
    select
        event_day as day,
        count(case when event_type = 'page_view' then 1 end) as page_views,
        count(case when event_type = 'click' then 1 end) as clicks,
        count(case when event_number = 1 then 1 end) as sessions
    from event_sessions
    group by event_day
),

wanted as (
    {%- for mart, day, what, times in marts %}
    select
        day,
        '{{ mart }}, {{ what }}' as what,
        {{ what }} as times
    from expected
    where {{ what }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

found as (
    {%- for mart, day, what, times in marts %}
    select
        {{ day }} as day,
        '{{ mart }}, {{ what }}' as what,
        {{ times }} as times
    from {{ ref(mart) }}
    where {{ in_days(day) }}
    group by {{ day }}
    having {{ times }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    coalesce(wanted.day, found.day) as day,
    coalesce(wanted.what, found.what) as what,
    wanted.times as expected_times,
    found.times as found_times
from wanted
full join found on wanted.day = found.day and wanted.what = found.what
where
    wanted.times is distinct from found.times
    -- Of all of history, some days' detail has left for the lake; their rollups stay.
    and (
        {{ 'true' if var('from_day') else 'false' }}
        or coalesce(wanted.day, found.day) in (select expected.day from expected)
    )
