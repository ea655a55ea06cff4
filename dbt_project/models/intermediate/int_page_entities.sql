{{
    config(
        day_column='marts_day',
        indexes=[{'columns': ['marts_day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Kept, and not looked up by each mart: all marts of a day tell the same document, and days on which content would tell
-- another by now can be found. Whoever builds a day writes what that day tells, and of no other day.
with

pages as (
    select * from {{ ref('int_current_page_entities') }}
    where {{ in_days('event_day', after=1) }}
),

-- A session is told with the day on which it began.
told as (
    select
        *,
        event_day as marts_day
    from pages

    union all

    select
        *,
        event_day - 1 as marts_day
    from pages
    where is_entry_after_midnight
)

select
    marts_day,
    event_day,
    user_code,
    site,
    page_path,
    entity_type,
    entity_id
from told
where {{ in_days('marts_day') }}
