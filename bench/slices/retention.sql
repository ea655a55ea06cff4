-- Of the visitors who came first in a week, how many came in each week after?
with

weeks as (
    select distinct
        coalesce(account_id, client_visitor_id, cast(anonymous_id as text)) as visitor,
        cast(date_trunc('week', occurred_at) as date) as week
    from raw.events
    where not is_bot
),

firsts as (
    select visitor, week, min(week) over (partition by visitor) as first_week
    from weeks
)

select first_week, (week - first_week) / 7 as weeks_after, count(*) as visitors
from firsts
group by first_week, week
order by first_week, week
