-- Notify %(user_code)s of a failed run, once, unless there were %(most)s such notifications in this hour.
insert into ops.notifications (
    notification_id, user_code, type, title, message, action_url, related_type, related_id, event_count, hour, channels,
    created_at, is_sent, deliver_at, expires_at
)
select
    encode(
        substr(sha256(convert_to(jsonb_build_array('run_failed', %(user_code)s::text, %(run_id)s::text)::text, 'UTF8')), 1, 16), 'hex'
    )::uuid,
    %(user_code)s,
    'run_failed',
    %(title)s,
    %(message)s,
    %(action_url)s,
    'run',
    %(run_id)s,
    1,
    date_trunc('hour', %(now)s, 'UTC'),
    wanted.channels,
    %(now)s,
    wanted.channels = '{in_app}',
    case when wanted.channels <> '{in_app}' then %(now)s end,
    %(now)s + interval '30 days'
from (
    select array(
        select configured.channel
        from ops.notification_channels as configured
        where
            configured.user_code = %(user_code)s
            and (configured.types is null or 'run_failed' = any(configured.types))
        union
        select 'in_app'
        where not exists (
            select from ops.notification_channels where user_code = %(user_code)s and channel = 'in_app'
        )
    ) as channels
) as wanted
where
    wanted.channels <> '{}'
    and %(most)s > (
        select count(*)
        from ops.notifications
        where user_code = %(user_code)s and hour = date_trunc('hour', %(now)s, 'UTC') and type = 'run_failed'
    )
on conflict (notification_id) do nothing
