{{ config(day_column='event_day', days_after=1, indexes=[{'columns': ['event_day']}]) }}

with

pages as (
    select
        event_day,
        user_code,
        site,
        page_path,
        count(case when event_type = 'page_view' then 1 end) as page_views,
        bool_or(event_type = 'page_view' and session_day < event_day) as is_seen_after_midnight
    from {{ ref('int_event_sessions') }}
    where page_path is not null and {{ in_days('event_day', after=1) }}
    group by event_day, user_code, site, page_path
)

select
    *,
    {{ canonical_path('page_path') }} as path
from pages
