-- Notifications: what owners and accounts are told, by which channels, and how each delivery went.

create schema if not exists ops;

create table ops.notifications (
    notification_id uuid primary key,
    user_code text not null,
    account_id text,
    site text not null,
    type text not null check (type in ('like', 'comment', 'reply', 'share', 'more')),
    title text not null,
    message text not null,
    action_url text,
    related_type text check (related_type in ('document', 'page')),
    related_id text,
    related_event_id uuid,
    event_count integer not null,
    hour timestamptz not null,
    channels text [] not null,
    created_at timestamptz not null,
    read_at timestamptz,
    is_read boolean not null generated always as (read_at is not null) stored,
    is_sent boolean not null,
    deliver_at timestamptz,
    expires_at timestamptz not null
);
create index on ops.notifications (user_code, account_id, created_at desc) where not is_read;
create index on ops.notifications (user_code, account_id, created_at desc);
create index on ops.notifications (user_code, hour);
create index on ops.notifications (deliver_at) where deliver_at is not null;
create index on ops.notifications (expires_at);
comment on table ops.notifications is
'One row per notification and recipient. It names no visitor, and holds nothing that a visitor wrote but the path of a page.';
comment on column ops.notifications.notification_id is
'Follows from the cause: a comment and its recipient, or site, page, type and hour; so nothing is told twice.';
comment on column ops.notifications.user_code is 'Owner of the site: the tenant.';
comment on column ops.notifications.account_id is 'Account that is told, an opaque id of the site; NULL where the owner is.';
comment on column ops.notifications.site is 'Site on which it happened; of type more the first by name.';
comment on column ops.notifications.type is
'like, comment or share (of a page); reply (to the account''s comment); more (what an hour brought beyond the most that is told).';
comment on column ops.notifications.title is 'One line, such as: 12 likes of “Why b”.';
comment on column ops.notifications.message is 'The same in a sentence, with the page''s path and the time.';
comment on column ops.notifications.action_url is
'The page on the site, to be opened; NULL where the path that the client sent is none.';
comment on column ops.notifications.related_type is
'document (related_id is a content_id of content.items) or page (related_id is its path); NULL where no page is known.';
comment on column ops.notifications.related_id is 'What was liked, commented or shared.';
comment on column ops.notifications.related_event_id is 'Event of raw.events that caused it; of several, the first.';
comment on column ops.notifications.event_count is
'Likes (of different visitors), shares, or things of an hour that this row tells of; 1 for comments. It grows as they come in.';
comment on column ops.notifications.hour is 'Begin of the UTC hour in which Dogear received the cause (raw.events.received_at).';
comment on column ops.notifications.channels is
'By which channels it is told, as ops.notification_channels had them when it was made; never empty.';
comment on column ops.notifications.created_at is 'When it was made.';
comment on column ops.notifications.read_at is 'When it was marked as read; NULL before, and again once event_count has grown.';
comment on column ops.notifications.is_read is 'It was marked as read.';
comment on column ops.notifications.is_sent is 'It went out by each of its channels; at once where in_app is the only one.';
comment on column ops.notifications.deliver_at is
'When the next delivery may begin: comments at once, the rest when its hour is over; NULL where none is left.';
comment on column ops.notifications.expires_at is 'From then on it is neither sent nor shown.';

create table ops.notification_channels (
    user_code text not null,
    channel text not null check (channel in ('in_app', 'email', 'webhook')),
    address text check ((address is null) = (channel = 'in_app')),
    types text [] check (cardinality(types) > 0),
    changed_at timestamptz not null default now(),
    primary key (user_code, channel)
);
comment on table ops.notification_channels is
'One row per owner and channel by which notifications reach them. Without one for in_app, that channel has all of them.';
comment on column ops.notification_channels.user_code is 'Owner of the site: the tenant.';
comment on column ops.notification_channels.channel is 'in_app (the row itself is all), email or webhook.';
comment on column ops.notification_channels.address is
'The owner''s own e-mail address, or the webhook''s URL, whose query may be a secret: configuration, never of a visitor. NULL for in_app.';
comment on column ops.notification_channels.types is 'Types of notifications that it has, and more; NULL for all.';
comment on column ops.notification_channels.changed_at is 'When it was added or changed.';

create table ops.notification_attempts (
    notification_id uuid not null references ops.notifications on delete cascade,
    channel text not null,
    attempt integer not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text not null default 'unknown' check (outcome in ('sent', 'failed', 'unknown')),
    reason text,
    retry_at timestamptz check (retry_at is null or outcome = 'failed'),
    primary key (notification_id, channel, attempt)
);
comment on table ops.notification_attempts is
'One row per attempt to deliver a notification, written before anything goes out.';
comment on column ops.notification_attempts.notification_id is 'What was to be delivered.';
comment on column ops.notification_attempts.channel is 'email or webhook.';
comment on column ops.notification_attempts.attempt is 'Number of the attempt by this channel, from 1.';
comment on column ops.notification_attempts.started_at is 'When it began.';
comment on column ops.notification_attempts.finished_at is
'When its outcome was known; NULL while it lasts, and for ever where the sender was stopped.';
comment on column ops.notification_attempts.outcome is
'sent: the receiver has taken it; failed: the receiver has not; unknown: it may have. What is unknown is not sent again.';
comment on column ops.notification_attempts.reason is
'Why it was not sent, without addresses and secrets; NULL where it was, or nobody could say.';
comment on column ops.notification_attempts.retry_at is 'When it is tried again; NULL for never.';

create view ops.notification_deliveries as
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

-- What makes notifications looks at these few events alone.
create index on raw.events (received_at) where event_type in ('like', 'comment', 'share');
create index on raw.events (site, (properties ->> 'comment_id'), received_at, event_id) where event_type = 'comment';
