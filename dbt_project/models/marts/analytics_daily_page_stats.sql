{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

page_views as (
    select * from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
),

counts as (
    select
        user_code,
        coalesce(share_code, '') as share_code,
        view_day as date,
        coalesce(page_type, '') as page_type,
        count(*) as view_count
    from page_views
    group by user_code, coalesce(share_code, ''), view_day, coalesce(page_type, '')
),

placed as (
    select
        *,
        {{ place_by_count('user_code, date', 'view_count', ['share_code', 'page_type']) }} as place
    from counts
)

select
    user_code,
    share_code,
    date,
    {{ or_other('page_type') }} as page_type,
    cast(sum(view_count) as bigint) as view_count
from placed
group by user_code, share_code, date, {{ or_other('page_type') }}
