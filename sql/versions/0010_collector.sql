-- What the collector needs: hosts that may send, visitors of the last minutes, and each event once.

alter table content.sites add column allowed_origins text;
comment on column content.sites.allowed_origins is
'Hosts besides the site''s own whose pages may send events of it, separated by spaces; NULL for none.';

-- A time that was put right depends on when the event was received: sent again, the same event would have another, and
-- the primary key would not know it.
create table raw.corrected_events (
    event_id uuid primary key,
    number bigint generated always as identity
);
create unique index on raw.corrected_events (number);
comment on table raw.corrected_events is 'One row per event whose time was put right: it is known by its id alone.';
comment on column raw.corrected_events.event_id is 'Id of the event, as in raw.events.';
comment on column raw.corrected_events.number is 'Counts up in the order of loads, of which one follows the other.';
comment on column raw.events.received_at is 'When the collector accepted it, or the import that brought it began to store.';

create schema live;
create unlogged table live.visitors (
    site text not null,
    visitor_id text not null,
    user_code text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    page_path text,
    page_title text,
    referrer_host text,
    country_code text,
    device_type text,
    primary key (site, visitor_id)
);
create index on live.visitors (last_seen_at);
comment on table live.visitors is
'One row per person who did something on a site in the last half hour. Empty after a crash of the server; it fills again by itself.';
comment on column live.visitors.site is 'Site that is visited.';
comment on column live.visitors.visitor_id is 'As in stg_events: the account, else the first-party id, else the salted hash, else the session.';
comment on column live.visitors.user_code is 'Owner of the site: the tenant.';
comment on column live.visitors.first_seen_at is 'When the visitor was first seen since the row is here.';
comment on column live.visitors.last_seen_at is 'When the visitor last did something; who is here now did so in the last five minutes.';
comment on column live.visitors.page_path is 'Path of the page that was last viewed.';
comment on column live.visitors.page_title is 'Its title.';
comment on column live.visitors.referrer_host is 'Host of the page that led there.';
comment on column live.visitors.country_code is 'ISO 3166-1 alpha-2.';
comment on column live.visitors.device_type is 'desktop, mobile, tablet, tv, console, or NULL where unknown.';
