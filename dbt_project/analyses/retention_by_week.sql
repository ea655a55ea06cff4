-- Do readers come back? One row per site, cohort (the ISO week, from Monday, in which visitors were first seen) and
-- week after it: how many of the cohort came in that week, and their share. Only visitors with an account or with
-- consent can come back on another day: the others get a new id each day, and are only in their first week.
with

days as (
    select * from {{ ref('visitor_days') }}
    where entity_type = 'site' and {{ in_days('day') }}
),

weeks as (
    select distinct
        site,
        visitor_id,
        day + 1 - cast(extract(isodow from day) as integer) as week
    from days
),

cohorts as (
    select
        *,
        min(week) over (partition by site, visitor_id) as cohort
    from weeks
),

counts as (
    select
        site,
        cohort,
        (week - cohort) / 7 as weeks_later,
        count(*) as visitors
    from cohorts
    group by site, cohort, (week - cohort) / 7
)

select
    site,
    cohort,
    weeks_later,
    visitors,
    visitors * 1.0 / first_value(visitors) over (partition by site, cohort order by weeks_later) as share_of_cohort
from counts
order by site, cohort, weeks_later
