create or replace view ops.notification_deliveries as
select
    notifications.notification_id,
    channels.channel,
    channels.address,
    coalesce(last.attempt, 0) + 1 as attempt,
    last.retry_at
from ops.notifications
inner join ops.notification_channels as channels
    on
        channels.user_code = notifications.user_code
        and channels.channel = any(notifications.channels)
        and channels.channel <> 'in_app'
left join lateral (
    select attempts.attempt, attempts.retry_at
    from ops.notification_attempts as attempts
    where attempts.notification_id = notifications.notification_id and attempts.channel = channels.channel
    order by attempts.attempt desc
    limit 1
) as last on true
where last.attempt is null or last.retry_at is not null;
comment on view ops.notification_deliveries is
'One row per notification and channel by which it must still go out. Once an attempt has begun there is none, unless it failed and may be repeated.';
comment on column ops.notification_deliveries.attempt is 'Number of the next attempt.';
comment on column ops.notification_deliveries.retry_at is 'When it may begin; NULL for the first.';
