-- How long are pages read, in the middle and at most?
select
    page_path,
    count(*) as heartbeats,
    percentile_cont(0.5) within group (order by engaged_seconds) as median_seconds,
    percentile_cont(0.95) within group (order by engaged_seconds) as long_seconds
from raw.events
where event_type = 'heartbeat' and engaged_seconds is not null and not is_bot
group by page_path
order by heartbeats desc, page_path
limit 20
