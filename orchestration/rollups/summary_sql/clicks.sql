-- What was clicked most?
select
    click_target,
    click_category,
    count(*) as clicks
from marts.analytics_clicks
where site = %(site)s and click_day between %(first)s and %(last)s
group by click_target, click_category
order by clicks desc, click_target
limit 10
