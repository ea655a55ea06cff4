-- How far do sessions get? One row per site and step: how many sessions took it, as a share of all and of the step
-- before. A session takes a step only if it took all steps before it. "converted" needs goals (content.goals).
with

sessions as (
    select
        site,
        page_views > 0 as has_read,
        is_engaged,
        page_views > 1 as has_gone_on,
        clicks > 0 as has_clicked,
        conversions > 0 as has_converted
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
),

steps as (
    select
        site,
        1 as step_number,
        'viewed a page' as step,
        sum(case when has_read then 1 else 0 end) as sessions
    from sessions
    group by site
    union all
    select
        site,
        2 as step_number,
        'was engaged' as step,
        sum(case when has_read and is_engaged then 1 else 0 end) as sessions
    from sessions
    group by site
    union all
    select
        site,
        3 as step_number,
        'viewed a second page' as step,
        sum(case when has_read and is_engaged and has_gone_on then 1 else 0 end) as sessions
    from sessions
    group by site
    union all
    select
        site,
        4 as step_number,
        'clicked something' as step,
        sum(case when has_read and is_engaged and has_gone_on and has_clicked then 1 else 0 end) as sessions
    from sessions
    group by site
    union all
    select
        site,
        5 as step_number,
        'converted' as step,
        sum(case when has_read and is_engaged and has_gone_on and has_clicked and has_converted then 1 else 0 end)
            as sessions
    from sessions
    group by site
)

select
    site,
    step_number,
    step,
    sessions,
    sessions * 1.0 / nullif(first_value(sessions) over steps_of_site, 0) as share_of_first,
    sessions * 1.0 / nullif(lag(sessions) over steps_of_site, 0) as share_of_previous
from steps
window steps_of_site as (partition by site order by step_number)
order by site, step_number
