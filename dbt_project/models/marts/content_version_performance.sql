{{ config(materialized='view') }}

with

days as (
    select
        user_code,
        site,
        content_type,
        content_id,
        version_number,
        min(day) as first_day,
        max(day) as last_day,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(entries) as bigint) as entries,
        cast(sum(bounces) as bigint) as bounces,
        cast(sum(timed_views) as bigint) as timed_views,
        cast(sum(scrolled_views) as bigint) as scrolled_views,
        {{ exact_sum('seconds_on_page') }} / nullif(sum(timed_views), 0) as avg_time_on_page,
        {{ standard_error('seconds_on_page', 'squared_seconds_on_page', 'timed_views') }} as time_on_page_error,
        {{ exact_sum('scroll_depth') }} / nullif(sum(scrolled_views), 0) as avg_scroll_depth,
        {{ standard_error('scroll_depth', 'squared_scroll_depth', 'scrolled_views') }} as scroll_depth_error,
        cast(sum(bounces) as double precision) / nullif(sum(entries), 0) as bounce_rate
    from {{ ref('content_version_days') }}
    group by user_code, site, content_type, content_id, version_number
),

versions as (
    select * from {{ ref('stg_content_versions') }}
),

compared as (
    select
        *,
        lag(version_number) over history as compared_with,
        avg_time_on_page - lag(avg_time_on_page) over history as time_on_page_change,
        {{ joint_error('time_on_page_error', 'lag(time_on_page_error) over history') }} as time_change_error,
        avg_scroll_depth - lag(avg_scroll_depth) over history as scroll_depth_change,
        {{ joint_error('scroll_depth_error', 'lag(scroll_depth_error) over history') }} as scroll_change_error,
        bounce_rate - lag(bounce_rate) over history as bounce_rate_change,
        sqrt(
            bounce_rate * (1 - bounce_rate) / nullif(entries, 0)
            + lag(bounce_rate * (1 - bounce_rate) / nullif(entries, 0)) over history
        ) as bounce_change_error,
        least(timed_views, lag(timed_views) over history) as least_timed_views,
        least(scrolled_views, lag(scrolled_views) over history) as least_scrolled_views,
        least(entries, lag(entries) over history) as least_entries
    from days
    window history as (partition by user_code, site, content_id order by version_number)
)

select
    compared.user_code,
    compared.site,
    compared.content_type,
    compared.content_id,
    compared.version_number,
    versions.title,
    versions.commit_hash,
    versions.change_summary,
    versions.author_name,
    versions.authored_at,
    compared.first_day,
    compared.last_day,
    compared.page_views,
    compared.timed_views,
    compared.avg_time_on_page,
    compared.avg_time_on_page - 1.96 * compared.time_on_page_error as avg_time_on_page_low,
    compared.avg_time_on_page + 1.96 * compared.time_on_page_error as avg_time_on_page_high,
    compared.scrolled_views,
    compared.avg_scroll_depth,
    compared.avg_scroll_depth - 1.96 * compared.scroll_depth_error as avg_scroll_depth_low,
    compared.avg_scroll_depth + 1.96 * compared.scroll_depth_error as avg_scroll_depth_high,
    compared.entries,
    compared.bounces,
    compared.bounce_rate,
    {{ wilson('compared.bounces', 'compared.entries', '-') }} as bounce_rate_low,
    {{ wilson('compared.bounces', 'compared.entries', '+') }} as bounce_rate_high,
    compared.compared_with,
    compared.time_on_page_change,
    {{ verdict('compared.time_on_page_change', 'compared.time_change_error', 'compared.least_timed_views') }}
        as time_on_page_verdict,
    compared.scroll_depth_change,
    {{ verdict('compared.scroll_depth_change', 'compared.scroll_change_error', 'compared.least_scrolled_views') }}
        as scroll_depth_verdict,
    compared.bounce_rate_change,
    {{ verdict('compared.bounce_rate_change', 'compared.bounce_change_error', 'compared.least_entries') }}
        as bounce_rate_verdict
from compared
left join versions
    on
        compared.site = versions.site
        and compared.content_id = versions.content_id
        and compared.version_number = versions.version_number
