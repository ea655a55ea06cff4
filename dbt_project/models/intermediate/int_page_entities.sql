{{
    config(
        day_column='event_day',
        days_after=1,
        indexes=[{'columns': ['event_day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Kept, and not looked up by each mart: all marts of a day tell the same document, and days on which content would tell
-- another by now can be found.
select
    event_day,
    user_code,
    site,
    page_path,
    entity_type,
    entity_id
from {{ ref('int_current_page_entities') }}
where {{ in_days('event_day', after=1) }}
