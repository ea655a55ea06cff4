-- On which pages do visitors enter, and leave at once? One row per page with at least 10 entries: sessions that entered
-- there, the share that bounced, and the confidence interval of that share (95 %, Wilson), so that few entries
-- are not mistaken for a finding. The most certain bounces come first.
with

entries as (
    select
        site,
        entry_page_path,
        count(*) as entries,
        sum(case when is_bounce then 1 else 0 end) as bounces
    from {{ ref('analytics_sessions') }}
    where entry_page_path is not null and {{ in_days('session_day') }}
    group by site, entry_page_path
)

select
    site,
    entry_page_path,
    entries,
    bounces * 1.0 / entries as bounce_rate,
    {{ wilson('bounces', 'entries', '-') }} as bounce_rate_low,
    {{ wilson('bounces', 'entries', '+') }} as bounce_rate_high
from entries
where entries >= 10
order by bounce_rate_low desc, entries desc, site asc, entry_page_path asc
