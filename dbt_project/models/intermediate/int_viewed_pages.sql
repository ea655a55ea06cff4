{{ config(day_column='event_day', days_after=1, indexes=[{'columns': ['event_day']}]) }}

with

pages as (
    select distinct
        event_day,
        user_code,
        site,
        page_path
    from {{ ref('int_event_sessions') }}
    where page_path is not null and {{ in_days('event_day', after=1) }}
)

select
    *,
    {{ canonical_path('page_path') }} as path
from pages
