{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

clicks as (
    select * from {{ ref('analytics_clicks') }}
    where {{ in_days('click_day') }}
),

counts as (
    select
        user_code,
        coalesce(share_code, '') as share_code,
        click_day as date,
        coalesce(click_target, '') as click_target,
        coalesce(click_category, '') as click_category,
        count(*) as click_count
    from clicks
    group by user_code, coalesce(share_code, ''), click_day, coalesce(click_target, ''), coalesce(click_category, '')
),

placed as (
    select
        *,
        {{ place_by_count('user_code, date', 'click_count', ['share_code', 'click_target', 'click_category']) }}
            as place
    from counts
)

select
    user_code,
    share_code,
    date,
    {{ or_other('click_target') }} as click_target,
    {{ or_other('click_category') }} as click_category,
    cast(sum(click_count) as bigint) as click_count
from placed
group by user_code, share_code, date, {{ or_other('click_target') }}, {{ or_other('click_category') }}
