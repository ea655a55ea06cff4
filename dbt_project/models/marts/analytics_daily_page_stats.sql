{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

page_views as (
    select * from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
),

share_codes as (
    select * from {{ ref('int_share_codes') }}
),

counts as (
    select
        page_views.user_code,
        coalesce(share_codes.counted_as, '') as share_code,
        page_views.view_day as date,
        coalesce(page_views.page_type, '') as page_type,
        count(*) as view_count
    from page_views
    left join share_codes
        on
            page_views.user_code = share_codes.user_code
            and page_views.view_day = share_codes.date
            and page_views.share_code = share_codes.share_code
    group by
        page_views.user_code, coalesce(share_codes.counted_as, ''), page_views.view_day,
        coalesce(page_views.page_type, '')
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
