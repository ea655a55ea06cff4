{{
    config(
        day_column='event_day',
        indexes=[{'columns': ['event_day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

select
    event_day,
    user_code,
    site,
    content_type,
    content_id,
    version_number,
    live_from,
    live_to
from {{ ref('int_current_live_versions') }}
where {{ in_days('event_day') }}
