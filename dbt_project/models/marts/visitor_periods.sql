{{
    config(
        day_column='period_start',
        by_period=true,
        indexes=[{'columns': ['site', 'period', 'period_start', 'day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Whole weeks and months of the days that are built: whoever comes on one day is no newcomer on those after it.
with

visitor_days as (
    select
        user_code,
        site,
        visitor_id,
        day
    from {{ ref('visitor_days') }}
    where entity_type = 'site' and ({{ in_periods('week', 'day') }} or {{ in_periods('month', 'day') }})
),

spans as (
    {%- for period in ['week', 'month'] %}
    select
        user_code,
        site,
        '{{ period }}' as period,
        cast(date_trunc('{{ period }}', day) as date) as period_start,
        min(day) as first_day,
        max(day) as last_day
    from visitor_days
    where {{ in_periods(period, 'day') }}
    group by user_code, site, cast(date_trunc('{{ period }}', day) as date), visitor_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

ends as (
    select
        user_code,
        site,
        period,
        period_start,
        first_day as day,
        count(*) as newcomers,
        0 as leavers
    from spans
    group by user_code, site, period, period_start, first_day

    union all

    select
        user_code,
        site,
        period,
        period_start,
        last_day as day,
        0 as newcomers,
        count(*) as leavers
    from spans
    group by user_code, site, period, period_start, last_day
)

select
    user_code,
    site,
    period,
    period_start,
    day,
    cast(sum(newcomers) as bigint) as newcomers,
    cast(sum(leavers) as bigint) as leavers
from ends
group by user_code, site, period, period_start, day
