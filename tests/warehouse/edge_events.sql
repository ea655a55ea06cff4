-- Events that two engines may well read differently, on the real site, on its days and on many others.

create function pg_temp.own_id(variadic parts text []) returns uuid
language sql as $$ select cast(md5(array_to_string(parts, '|')) as uuid) $$;

-- The real log again, with fractions of seconds: in the years of its versions, and up to now.
create temporary table moves as
select day - date '2015-05-20' as days
from (
    select distinct cast(authored_at as date) + 1 as day from content.content_versions where authored_at > '2010-01-01'
    union
    select current_date - 10
    union
    select current_date - 1
) as wanted
where day < date '2015-05-01' or day > date '2015-06-01'
order by md5(cast(day as text)), day
limit 4;
insert into moves select distinct current_date - back - date '2015-05-20' from unnest(array[1, 10]) as back
except select days from moves;

create temporary table moved as
select
    pg_temp.own_id(cast(events.event_id as text), cast(moves.days as text)) as event_id,
    occurred_at + moves.days * interval '24 hours'
    + line_number * 7919 % 1000003 * interval '1 microsecond' as occurred_at,
    'page_view' as event_type,
    line_number,
    pg_temp.own_id(cast(anonymous_id as text), cast(moves.days as text)) as anonymous_id,
    page_path,
    referrer_host,
    is_bot
from raw.events cross join moves
where site = 'semicomplete.com' and line_number % 3 < 2;

create temporary table edges (
    kind text, number bigint generated always as identity, second double precision, event_type text, page_path text,
    session text, utm_source text, utm_medium text, utm_campaign text, referrer_host text, click_id_kind text,
    engaged_seconds double precision, pointer_x integer, pointer_y integer, viewport_width integer, click_target text,
    properties jsonb, share_code text
);

-- Every way to arrive.
insert into edges (kind, second, event_type, page_path, session, utm_source, utm_medium, utm_campaign, referrer_host)
select
    'arrival', row_number() over (), 'page_view', '/about', concat('arrival ', row_number() over ()), source, medium, campaign, host
from
    unnest(array[null, 'Google', 'NEWS.Google.com', 'ÄPFEL', 'İstanbul', 'chatgpt.com', 'e mail', 'youtube', 'amazon.com', 'sms'])
    as source
cross join
    unnest(array[
        null, 'CPC', E'x\ncpc', 'ppc ', 'Paid-social', 'display', 'email', 'social', 'in-app push', 'affiliate', 'Organic', 'ÉMAIL'
    ]) as medium
cross join unnest(array[null, 'WINTER-Shop', 'workshop', E'a\nshop', 'Cross-Network']) as campaign
cross join unnest(array[null, 'www.semicomplete.com', 'old.reddit.com']) as host;

insert into edges (kind, second, event_type, page_path, session, utm_source, utm_medium, referrer_host, click_id_kind)
select
    'click id', row_number() over (), 'page_view', '/about', concat('click id ', row_number() over ()), source, medium, host, kind
from unnest(array[null, 'gclid', 'dclid', 'ttclid', 'fbclid', 'ysclid', 'unknown', 'GCLID', '']) as kind
cross join unnest(array[
    null, '', 'semicomplete.com', 'docs.google.com', 'google.co.uk', 'm.google.com.br', 'images.google.de', 'de-de.facebook.com',
    'l.facebook.com', 'anybody.tumblr.com', 'us-mg5.mail.yahoo.com', 'webmail.example.org', 'com.slack', '544007664', 'a..b', '.', '*.*',
    '{}', 'xn--bcher-kva.example', 'Ü.ÄÖ', E'google.com\n', 'www.', 'm.', 'www.m.google.de', '[2001:db8::1]', repeat('a.', 500)
]) as host
cross join unnest(array[null, '', 'WWW.Google.de', 'm.İ.de']) as source
cross join unnest(array[null, 'email']) as medium;

-- Halves of a millionth, and sums that would tell in which order they were added.
insert into edges (kind, second, event_type, page_path, session, engaged_seconds)
select 'attention', number, case when number % 7 = 1 then 'page_view' else 'heartbeat' end,
    '/blog/geekery/ssl-latency', concat('attention ', number / 7), engaged
from (
    select row_number() over () as number, engaged
    from
        unnest(array[0.0000005, 0.0000015, 0.0000025, 1e-9, 0.1, 0.7, 3.3333333, 86399.1234565, 8.5, 12.0000004999])
        as engaged
    cross join generate_series(1, 30)
) as beats;

insert into edges (
    kind, second, event_type, page_path, session, pointer_x, pointer_y, viewport_width, click_target
)
select 'pointer', row_number() over (), event_type, '/blog', 'pointer', x, y, width, target
from unnest(array['page_view', 'click', 'heatmap']) as event_type
cross join unnest(array[null, -7, 0, 1, 333, 1279, 5000]) as x
cross join unnest(array[-51, -1, 0, 49, 50, 12345]) as y
cross join unnest(array[null, 0, 3, 1280]) as width
cross join unnest(array[null, '', 'Z', 'a', 'é']) as target;

insert into edges (kind, second, event_type, page_path, session, properties)
select 'property', row_number() over (), event_type, path, 'property', properties
from unnest(array['theme', 'like', 'comment', 'share', 'Ünïcode']) as event_type
cross join unnest(array[null, '/about', E'/two\nlines.html', '/index.php/', '//']) as path
cross join unnest(array[
    '{}', '{"a": 1.10, "b": 1e3, "c": 1E-7, "d": -0.0, "e": 12345678901234567890123.5, "f": 100000000000000000000}',
    '{"": "", "null": null, "text": "null", "t": true, "f": false}',
    '{"q": "say \"a\": 1, \"b\": {2}", "back\\slash": "\\", "tab": "\t\n\u0001", "é\u00fc": "\ud83d\ude00"}',
    cast(jsonb_build_object('long', repeat('😀é', 150), 'spaces', '  x  ') as text)
]) as written
cross join lateral (select cast(written as jsonb) as properties) as parsed;

-- Paths around 500 bytes; longer ones end in a digest.
insert into edges (kind, second, event_type, page_path, session)
select 'long', letters, 'page_view', concat('/', repeat('é𝄞', letters), ending), 'long'
from unnest(array[82, 83, 84, 300]) as letters
cross join unnest(array['', '/', '.html', '/a', 'ab/']) as ending;

-- More texts than have rows of their own.
insert into edges (kind, second, event_type, page_path, session, utm_source, click_target, properties, share_code)
select
    'many', row_number() over (), event_type, concat('/many Ä', number), concat('many ', number), concat('source Ä', number),
    concat('target ', number, 'é'), jsonb_build_object(concat('name ', number), number), concat('link É', number)
from generate_series(1, 1100) as number
cross join lateral unnest(array['page_view', 'click', concat('many_', number)]) as event_type
cross join lateral generate_series(0, case when number % 3 = 0 then 1 else 0 end) as again;

insert into moved (event_id, occurred_at, event_type, page_path, is_bot)
select pg_temp.own_id(kind, cast(number as text)), null, event_type, page_path, false from edges;

create temporary table placed as
select
    *,
    timestamptz '2026-05-04 23:00:00+00' + second * interval '1.000001 seconds' as at,
    pg_temp.own_id(kind, cast(number as text)) as id
from edges;
update moved set occurred_at = placed.at from placed where moved.event_id = placed.id;

select raw.ensure_event_partitions(array_agg(distinct cast(occurred_at at time zone 'UTC' as date))) from moved;

insert into raw.events (
    event_id, occurred_at, event_type, source, line_number, site, user_code, client_session_id, anonymous_id, is_bot,
    page_path, referrer_host, click_id_kind, utm_source, utm_medium, utm_campaign, engaged_seconds, click_target, pointer_x,
    pointer_y, viewport_width, properties, share_code
)
select
    moved.event_id, moved.occurred_at, moved.event_type, 'test', moved.line_number, 'semicomplete.com', 'jordan',
    placed.session, moved.anonymous_id, moved.is_bot, moved.page_path, coalesce(moved.referrer_host, placed.referrer_host),
    placed.click_id_kind, placed.utm_source, placed.utm_medium, placed.utm_campaign, placed.engaged_seconds, placed.click_target,
    placed.pointer_x, placed.pointer_y, placed.viewport_width, placed.properties, placed.share_code
from moved left join placed on moved.event_id = placed.id;

-- Another site, with the same ids and times.
insert into raw.events (
    event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, page_path, click_target,
    pointer_x, pointer_y, viewport_width, properties
)
select
    event_id, occurred_at, event_type, source, 'other.example', 'jordan', client_session_id, is_bot, page_path,
    click_target, pointer_x, pointer_y, viewport_width, properties
from raw.events
where client_session_id in ('pointer', 'property');

insert into content.goals (site, goal, event_type, page_path) values
('semicomplete.com', 'liked', 'like', null), ('semicomplete.com', 'read about', 'page_view', '/about/index.html');
