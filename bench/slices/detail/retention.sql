-- Of the visitors who came first in a week, how many came in each week after?
with

weeks as (
    select distinct
        visitor_key,
        cast(date_trunc('week', day) as date) as week
    from marts.visitor_days
    where entity_type = 'site'
),

firsts as (
    select visitor_key, week, min(week) over (partition by visitor_key) as first_week
    from weeks
)

select first_week, (week - first_week) // 7 as weeks_after, count(*) as visitors
from firsts
group by first_week, week
order by first_week, week
