{{ config(materialized='view') }}

with

sessions as (
    select * from {{ ref('analytics_sessions') }}
)

select
    session_id,
    session_day,
    user_code,
    site,
    visitor_id,
    account_id,
    first_seen,
    last_seen,
    page_views as total_views,
    unique_pages,
    entry_page_path as entry_page,
    exit_page_path as exit_page,
    is_bounce,
    duration_seconds,
    engaged_seconds,
    device_type,
    os,
    browser,
    country_code,
    region,
    city
from sessions
