{{
    config(
        day_column='day',
        indexes=[{'columns': ['day']}, {'columns': ['content_id', 'version_number']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

with

page_views as (
    select * from {{ ref('analytics_page_views') }}
    where version_number is not null and {{ in_days('view_day') }}
)

select
    view_day as day,
    user_code,
    site,
    entity_type as content_type,
    entity_id as content_id,
    version_number,
    count(*) as page_views,
    count(case when is_entry then 1 end) as entries,
    count(case when is_entry and is_bounce then 1 end) as bounces,
    count(time_on_page) as timed_views,
    {{ exact_sum('time_on_page') }} as seconds_on_page,
    {{ exact_sum_of_squares('time_on_page * time_on_page') }} as squared_seconds_on_page,
    count(scroll_depth_percentage) as scrolled_views,
    sum(cast(scroll_depth_percentage as double precision)) as scroll_depth,
    sum(cast(scroll_depth_percentage as double precision) * scroll_depth_percentage) as squared_scroll_depth
from page_views
group by view_day, user_code, site, entity_type, entity_id, version_number
