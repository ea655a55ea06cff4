-- Views and visitors by country and device.
select
    country_code,
    device_type,
    count(*) as views,
    count(distinct coalesce(account_id, client_visitor_id, cast(anonymous_id as text))) as visitors
from raw.events
where event_type = 'page_view' and not is_bot
group by country_code, device_type
order by country_code, device_type
