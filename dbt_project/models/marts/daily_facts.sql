{{ config(materialized='ephemeral') }}

with

sessions as (
    select * from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
),

page_views as (
    select * from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
),

clicks as (
    select * from {{ ref('analytics_clicks') }}
    where {{ in_days('click_day') }}
)

select
    user_code,
    share_code,
    session_day as date,
    cast(null as text) as page_visitor_id,
    1 as sessions,
    0 as page_views,
    0 as clicks
from sessions

union all

select
    user_code,
    share_code,
    view_day as date,
    visitor_id as page_visitor_id,
    0 as sessions,
    1 as page_views,
    0 as clicks
from page_views

union all

select
    user_code,
    share_code,
    click_day as date,
    cast(null as text) as page_visitor_id,
    0 as sessions,
    0 as page_views,
    1 as clicks
from clicks
