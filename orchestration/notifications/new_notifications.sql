-- Which notifications should be there, and are not yet, or count fewer events than they should? One row each, in
-- the columns of ops.notifications. From the events of people that were received since %(since)s, the begin of an
-- hour, and happened since %(oldest)s; a reply counts if its comment was made since %(oldest_parent)s. Of the
-- notifications of an owner and hour, the first %(most)s are made; one more says how many others there were.
with

events as (
    select
        *,
        date_trunc('hour', received_at, 'UTC') as hour,
        left(regexp_replace(page_path, '[[:cntrl:][:space:]]+', '', 'g'), 500) as path,
        coalesce(account_id, client_visitor_id, anonymous_id::text, client_session_id, event_id::text) as visitor
    from raw.events
    where
        event_type in ('like', 'comment', 'share')
        and received_at >= %(since)s
        and occurred_at >= %(oldest)s
        and not is_bot
),

comments as (
    select
        user_code,
        null::text as account_id,
        site,
        event_type as type,
        path,
        hour,
        received_at as first_at,
        event_id,
        1 as event_count,
        jsonb_build_array('comment', site, event_id) as cause
    from events
    where event_type = 'comment'
),

-- Of several comments that claim one id, the one that came first is meant. Looked up once for each id, however many
-- replies there are.
parents as materialized (
    select
        named.*,
        parent.account_id
    from (
        select distinct site, user_code, properties ->> 'parent_comment_id' as comment_id
        from events
        where event_type = 'comment' and properties ->> 'parent_comment_id' is not null
    ) as named
    cross join lateral (
        select known.account_id
        from raw.events as known
        where
            known.event_type = 'comment'
            and known.site = named.site
            and known.user_code = named.user_code
            and known.properties ->> 'comment_id' = named.comment_id
            and known.occurred_at >= %(oldest_parent)s
            and not known.is_bot
        order by known.received_at, known.event_id
        limit 1
    ) as parent
),

replies as (
    select
        events.user_code,
        parents.account_id,
        events.site,
        'reply' as type,
        events.path,
        events.hour,
        events.received_at as first_at,
        events.event_id,
        1 as event_count,
        jsonb_build_array('reply', events.site, events.event_id) as cause
    from events
    inner join parents
        on
            parents.site = events.site
            and parents.user_code = events.user_code
            and parents.comment_id = events.properties ->> 'parent_comment_id'
    where events.event_type = 'comment' and parents.account_id <> coalesce(events.account_id, '')
),

likes_and_shares as (
    select
        user_code,
        null::text as account_id,
        site,
        event_type as type,
        path,
        hour,
        min(received_at) as first_at,
        (array_agg(event_id order by received_at, event_id))[1] as event_id,
        case event_type when 'like' then count(distinct visitor) else count(*) end as event_count,
        jsonb_build_array(event_type, user_code, site, path, hour at time zone 'UTC') as cause
    from events
    where event_type in ('like', 'share')
    group by user_code, site, event_type, path, hour
),

causes as (
    select
        found.*,
        encode(substr(sha256(convert_to(found.cause::text, 'UTF8')), 1, 16), 'hex')::uuid as notification_id,
        wanted.channels
    from (
        select * from comments union all select * from replies union all select * from likes_and_shares
    ) as found
    cross join lateral (
        select array(
            select configured.channel
            from ops.notification_channels as configured
            where
                configured.user_code = found.user_code
                and (configured.types is null or found.type = any(configured.types))
                -- No address of an account is known, and an owner may not turn off an account's notifications.
                and (found.account_id is null or configured.channel = 'webhook')
            union
            select 'in_app'
            where
                found.account_id is not null
                or not exists (
                    select from ops.notification_channels
                    where user_code = found.user_code and channel = 'in_app'
                )
        ) as channels
    ) as wanted
    where wanted.channels <> '{}'
),

ranked as (
    select
        causes.*,
        known.event_count as known_count,
        row_number() over (
            partition by causes.user_code, causes.hour
            order by known.notification_id is null, causes.first_at, causes.notification_id
        ) as place
    from causes
    left join ops.notifications as known using (notification_id)
),

-- Notifications that exist come first, so that place counts them too; they are always kept.
within_limit as (
    select
        notification_id, user_code, account_id, site, type, path, event_id, event_count, hour, channels, known_count
    from ranked
    where known_count is not null or place <= %(most)s
),

beyond_limit as (
    select
        encode(
            substr(sha256(convert_to(jsonb_build_array('more', user_code, hour at time zone 'UTC')::text, 'UTF8')), 1, 16), 'hex'
        )::uuid as notification_id,
        user_code,
        null::text as account_id,
        min(site) as site,
        'more' as type,
        null::text as path,
        (array_agg(event_id order by first_at, notification_id))[1] as event_id,
        sum(event_count) as event_count,
        hour,
        array(
            select 'in_app' union select channel from ops.notification_channels
            where notification_channels.user_code = ranked.user_code
        ) as channels
    from ranked
    where known_count is null and place > %(most)s
    group by user_code, hour
),

wanted as (
    select * from within_limit
    where coalesce(known_count, 0) < event_count
    union all
    select beyond_limit.*, known.event_count
    from beyond_limit
    left join ops.notifications as known using (notification_id)
    where coalesce(known.event_count, 0) < beyond_limit.event_count
),

documents as (
    select
        wanted.*,
        document.content_id,
        coalesce('“' || left(document.title, 200) || '”', left(wanted.path, 200), 'a page') as page
    from wanted
    left join lateral (
        select items.content_id, items.title
        from content.items
        where
            items.site = wanted.site
            and items.user_code = wanted.user_code
            and not items.is_draft
            and items.url_path = raw.page_path(wanted.path)
        order by items.file_path
        limit 1
    ) as document on true
),

titled as (
    select
        *,
        case
            when type = 'comment' then 'New comment on ' || page
            when type = 'reply' then 'Reply to your comment on ' || page
            when type = 'more' then event_count || ' more likes, comments and shares'
            else event_count || ' ' || type || case event_count when 1 then '' else 's' end || ' of ' || page
        end as title
    from documents
)

select
    notification_id,
    user_code,
    account_id,
    site,
    type,
    title,
    title || ' on ' || site || coalesce(' (' || path || ')', '')
    || to_char(hour at time zone 'UTC', '", received between" HH24:MI "and "')
    || to_char(hour at time zone 'UTC' + interval '1 hour', 'HH24:MI "UTC on" ')
    || to_char(hour at time zone 'UTC', 'YYYY-MM-DD.') as message,
    -- The site's own host: the one that the client sent could be any.
    case when path ~ '^/($|[^/\\])' then 'https://' || site || path end as action_url,
    case when content_id is not null then 'document' when path is not null then 'page' end as related_type,
    coalesce(content_id::text, path) as related_id,
    event_id as related_event_id,
    event_count::integer as event_count,
    hour,
    channels,
    %(now)s as created_at,
    channels = '{in_app}' as is_sent,
    case
        when channels = '{in_app}' then null
        when type in ('comment', 'reply') then %(now)s
        else hour + interval '1 hour'
    end as deliver_at,
    %(now)s + interval '30 days' as expires_at
from titled
