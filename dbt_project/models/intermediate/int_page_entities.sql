{{
    config(
        day_column='marts_day',
        indexes=[{'columns': ['marts_day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Stored so that every mart of a day resolves a path to the same document, and so that days whose documents have
-- changed since can be found. A build of a day writes the rows of that day only.
with

pages as (
    select * from {{ ref('int_current_page_entities') }}
    where {{ in_days('event_day', after=1) }}
),

-- A session belongs to the day on which it began.
pages_by_session_day as (
    select
        *,
        event_day as marts_day
    from pages

    union all

    select
        *,
        event_day - 1 as marts_day
    from pages
    where is_seen_after_midnight
)

select
    marts_day,
    event_day,
    user_code,
    site,
    page_path,
    entity_type,
    entity_id
from pages_by_session_day
where {{ in_days('marts_day') }}
