{{
    config(
        day_column='view_day',
        partition_by_day=true,
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

{%- set most_seconds = var('session_max_hours') * 3600 %}

with

page_views as (
    select * from {{ ref('int_event_sessions') }}
    where event_type = 'page_view' and {{ in_days('event_day') }}
),

-- Events of attention, mostly not page views. A page may be read on into the next day.
events_on_pages as (
    select * from {{ ref('int_event_sessions') }}
    where
        view_number > 0
        and (event_type <> 'page_view' or engaged_seconds is not null or scroll_depth_percentage is not null)
        and {{ in_days('event_day', after=1) }}
),

-- Events after a page view, up to the next one of the session, happened on its page.
attention as (
    select
        session_key,
        session_started_at,
        view_number,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds,
        max(scroll_depth_percentage) as scroll_depth_percentage,
        count(case when event_type = 'click' then 1 end) as clicks
    from events_on_pages
    group by session_key, session_started_at, view_number
),

entities as (
    select * from {{ ref('int_page_entities') }}
    where {{ in_days('marts_day') }}
),

versions as (
    select * from {{ ref('int_live_versions') }}
    where {{ in_days('event_day') }}
)

select
    page_views.event_id,
    page_views.occurred_at as viewed_at,
    page_views.event_day as view_day,
    page_views.session_key,
    page_views.session_started_at,
    page_views.session_day,
    page_views.view_number,
    page_views.user_code,
    page_views.site,
    page_views.visitor_id,
    page_views.account_id,
    entities.entity_type,
    entities.entity_id,
    versions.version_number,
    -- Seconds of attention from browsers may add up to more than a session can last.
    case
        when attention.engaged_seconds > {{ most_seconds }} then {{ most_seconds }}
        else coalesce(
            attention.engaged_seconds, {{ seconds_between('page_views.occurred_at', 'page_views.next_event_at') }}
        )
    end as time_on_page,
    attention.scroll_depth_percentage,
    coalesce(attention.clicks, 0) as clicks
from page_views
left join attention
    on
        page_views.session_key = attention.session_key
        and page_views.session_started_at = attention.session_started_at
        and page_views.view_number = attention.view_number
left join entities
    on {{ is_page('page_views', 'entities') }}
left join versions
    on
        page_views.event_day = versions.event_day
        and entities.entity_type = versions.content_type
        and entities.entity_id = versions.content_id
        and page_views.user_code = versions.user_code
        and page_views.site = versions.site
        and page_views.occurred_at >= versions.live_from
        and page_views.occurred_at < versions.live_to
