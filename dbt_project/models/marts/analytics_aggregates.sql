{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['entity_type', 'entity_id', 'date']}]) }}

with

page_views as (
    select
        *,
        {{ utc_hour('viewed_at') }} as view_hour
    from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }} and entity_id is not null
),

sessions as (
    select
        *,
        {{ utc_hour('first_seen') }} as start_hour
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }} and entry_entity_id is not null
),

views as (
    select
        user_code,
        site,
        entity_type,
        entity_id,
        view_day as date,
        view_hour as hour,
        count(*) as total_views,
        count(distinct visitor_id) as unique_visitors,
        count(distinct account_id) as unique_accounts,
        count(distinct case when account_id is null then visitor_id end) as anonymous_visitors,
        avg(time_on_page) as avg_time_on_page
    from page_views
    group by
        user_code, site, entity_type, entity_id, view_day,
        grouping sets ((), (view_hour))
),

entries as (
    select
        user_code,
        site,
        entry_entity_type as entity_type,
        entry_entity_id as entity_id,
        session_day as date,
        start_hour as hour,
        avg(case when is_bounce then 1.0 else 0.0 end) as bounce_rate
    from sessions
    group by
        user_code, site, entry_entity_type, entry_entity_id, session_day,
        grouping sets ((), (start_hour))
)

select
    coalesce(views.user_code, entries.user_code) as user_code,
    coalesce(views.site, entries.site) as site,
    coalesce(views.entity_type, entries.entity_type) as entity_type,
    coalesce(views.entity_id, entries.entity_id) as entity_id,
    coalesce(views.date, entries.date) as date,
    coalesce(views.hour, entries.hour) as hour,
    coalesce(views.total_views, 0) as total_views,
    coalesce(views.unique_visitors, 0) as unique_visitors,
    coalesce(views.unique_accounts, 0) as unique_accounts,
    coalesce(views.anonymous_visitors, 0) as anonymous_visitors,
    views.avg_time_on_page,
    cast(entries.bounce_rate as double precision) as bounce_rate
from views
-- A session may start shortly before midnight or the full hour, and view its first page after.
full join entries
    on
        views.user_code = entries.user_code
        and views.site = entries.site
        and views.entity_type = entries.entity_type
        and views.entity_id = entries.entity_id
        and views.date = entries.date
        and coalesce(views.hour, -1) = coalesce(entries.hour, -1)
