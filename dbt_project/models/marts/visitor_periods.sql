{{
    config(
        day_column='period_start',
        by_period=true,
        indexes=[{'columns': ['site', 'period', 'period_start', 'day']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

-- Whole weeks and months of the days that are built: a visitor who comes on one day is not a newcomer on later days.
with

visitors as (
    select
        user_code,
        site,
        day,
        unnest(visitor_keys) as visitor_key
    from {{ ref('visitor_sets') }}
    where entity_type = 'site' and ({{ in_periods('week', 'day') }} or {{ in_periods('month', 'day') }})
),

visits as (
    select
        user_code,
        site,
        day,
        lag(day) over (partition by visitor_key, site, user_code order by day) as previous_day,
        lead(day) over (partition by visitor_key, site, user_code order by day) as next_day
    from visitors
),

-- Few rows: for each day, the distances to the visits before and after.
steps as (
    select
        user_code,
        site,
        day,
        previous_day,
        next_day,
        count(*) as visitors
    from visits
    group by user_code, site, day, previous_day, next_day
),

periods as (
    {%- for period in ['week', 'month'] %}
    select
        *,
        '{{ period }}' as period,
        cast(date_trunc('{{ period }}', day) as date) as period_start,
        cast(date_trunc('{{ period }}', day) + interval '1 {{ period }}' as date) as next_start
    from steps
    where {{ in_periods(period, 'day') }}
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
        day,
        cast(sum(case when previous_day >= period_start then 0 else visitors end) as bigint) as newcomers,
        cast(sum(case when next_day < next_start then 0 else visitors end) as bigint) as leavers
    from periods
    group by user_code, site, period, period_start, day
)

-- A day on which nobody came for the first or the last time is left out.
select
    user_code,
    site,
    period,
    period_start,
    day,
    newcomers,
    leavers
from ends
where newcomers > 0 or leavers > 0
