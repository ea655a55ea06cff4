-- Build requests: which commits a site's host is asked to build, and how the asking went.

create table content.build_requests (
    site text not null,
    commit_hash text not null,
    user_code text not null,
    url text not null,
    state text not null default 'pending' check (
        state in ('pending', 'sending', 'sent', 'failed', 'unknown', 'superseded')
    ),
    attempts integer not null default 0,
    requested_at timestamptz not null default clock_timestamp(),
    last_attempt_at timestamptz,
    next_attempt_at timestamptz,
    sent_at timestamptz,
    response_status integer,
    last_error text,
    documents jsonb not null,
    sender_lock bigint not null generated always as (
        hashtextextended('dogear.build ' || site || ' ' || commit_hash, 0)
    ) stored,
    primary key (site, commit_hash)
);
create index on content.build_requests (site, requested_at);
create index on content.build_requests (state) where state in ('pending', 'sending');
comment on table content.build_requests is
'One row per site and commit whose content was synced and for which the site''s host is asked to build.';
comment on column content.build_requests.site is 'Site that is to be built.';
comment on column content.build_requests.commit_hash is 'Newest commit that the sync has read.';
comment on column content.build_requests.user_code is 'Owner of the site: the tenant.';
comment on column content.build_requests.url is 'The webhook''s URL as it was when the build was asked for; its query may be a secret.';
comment on column content.build_requests.state is
'pending: to be sent; sending: somebody is at it; sent: answered 2xx; failed: refused, and given up; unknown: the request went '
'out and no answer came, it is not sent again; superseded: never delivered, a newer commit was synced before.';
comment on column content.build_requests.attempts is 'How often it was tried since it was asked for.';
comment on column content.build_requests.requested_at is 'When the sync asked for it; the newest of a site supersedes those before.';
comment on column content.build_requests.last_attempt_at is 'When it was last tried.';
comment on column content.build_requests.next_attempt_at is 'While pending: not to be tried before; NULL means at once.';
comment on column content.build_requests.sent_at is 'When a 2xx answer came.';
comment on column content.build_requests.response_status is 'HTTP status of the last answer; NULL where none came.';
comment on column content.build_requests.last_error is
'Why the last attempt did not succeed, without the URL''s query; NULL where it did.';
comment on column content.build_requests.documents is
'What the sync changed: number of documents by kind of change (added, changed, removed).';
comment on column content.build_requests.sender_lock is
'Advisory lock that whoever sends holds meanwhile: where the state is sending and the lock is free, the sender is gone.';
