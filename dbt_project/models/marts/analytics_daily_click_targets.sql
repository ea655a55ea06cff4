{{ config(day_column='date', indexes=[{'columns': ['date']}]) }}

with

clicks as (
    select * from {{ ref('analytics_clicks') }}
    where {{ in_days('click_day') }}
),

share_codes as (
    select * from {{ ref('int_share_codes') }}
),

counts as (
    select
        clicks.user_code,
        coalesce(share_codes.counted_as, '') as share_code,
        clicks.click_day as date,
        coalesce(clicks.click_target, '') as click_target,
        coalesce(clicks.click_category, '') as click_category,
        count(*) as click_count
    from clicks
    left join share_codes
        on
            clicks.user_code = share_codes.user_code
            and clicks.click_day = share_codes.date
            and clicks.share_code = share_codes.share_code
    group by
        clicks.user_code, coalesce(share_codes.counted_as, ''), clicks.click_day,
        coalesce(clicks.click_target, ''), coalesce(clicks.click_category, '')
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
