-- Who may sign in and by what, and what was done. Nobody has rights on these tables: the functions of schema access read and
-- write them, and check a credential each time. A credential is 256 random bits; what it presents is a digest of them, and
-- what is kept here is SHA-256 of that digest, so that no row and no logged parameter opens anything.

create schema access;
comment on schema access is 'Who may sign in to Dogear and by what, and what they did.';
revoke all on schema access from public;

create table access.secrets (
    name text primary key,
    secret bytea not null
);
comment on table access.secrets is 'One row per secret of this installation, made at random by the database itself.';
comment on column access.secrets.name is 'salt gives passwords their salts, jwt signs JSON Web Tokens.';
comment on column access.secrets.secret is 'The secret, 32 bytes.';
insert into access.secrets (name, secret)
select name, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
from (values ('salt'), ('jwt')) as wanted (name);

create table access.accounts (
    account_id uuid primary key default gen_random_uuid(),
    name text not null unique check (name ~ '^([a-z0-9][a-z0-9._+@-]{0,199}|key/[^[:cntrl:]]{1,100})$'),
    role text not null check (role in ('analyst', 'owner', 'admin')),
    plan text not null check (plan in ('free', 'pro')),
    password_hash bytea,
    totp_secret text,
    totp_step bigint not null default 0,
    oidc_issuer text,
    oidc_subject text,
    created_at timestamptz not null default now(),
    disabled_at timestamptz,
    unique (oidc_issuer, oidc_subject)
);
comment on table access.accounts is 'One row per account: a person who signs in, or a program that has a key.';
comment on column access.accounts.account_id is 'Id of the account.';
comment on column access.accounts.name is 'Name to sign in by: a name or an e-mail address, in lower case; key/NAME for a program, which has a key and does not sign in.';
comment on column access.accounts.role is 'owner reads its user codes and manages their keys; analyst reads them; admin sees all and manages accounts.';
comment on column access.accounts.plan is 'free or pro: how much may be asked.';
comment on column access.accounts.password_hash is 'SHA-256 of the password''s raw argon2id hash; NULL for no password.';
comment on column access.accounts.totp_secret is 'Secret of one-time codes (RFC 6238), in base 32; NULL where a password is enough.';
comment on column access.accounts.totp_step is 'Time step of the last one-time code that was used: it and older ones are refused.';
comment on column access.accounts.oidc_issuer is 'OpenID provider that may sign this account in; NULL for none.';
comment on column access.accounts.oidc_subject is 'Its id at that provider, from its first sign-in; NULL before.';
comment on column access.accounts.created_at is 'When it was added.';
comment on column access.accounts.disabled_at is 'When it was disabled; NULL where it may sign in.';

create table access.ownerships (
    account_id uuid not null references access.accounts on delete cascade,
    user_code text not null,
    primary key (account_id, user_code)
);
comment on table access.ownerships is 'One row per account and user code that it may see. Admins see all, without rows here.';
comment on column access.ownerships.account_id is 'The account.';
comment on column access.ownerships.user_code is 'The user code, as in content.sites.';

create type access.caller as (
    account_id uuid,
    name text,
    role text,
    plan text,
    via text,
    key_id uuid,
    expires_at timestamptz,
    user_codes text [],
    sites text [],
    is_use_noted boolean
);
comment on type access.caller is 'Who asks, by which kind of credential (via), and until when; user_codes and sites are what it may see, NULL for all. is_use_noted: whether its use within the last minute is.';

create table access.recovery_codes (
    account_id uuid not null references access.accounts on delete cascade,
    code_hash bytea not null,
    primary key (account_id, code_hash)
);
comment on table access.recovery_codes is 'One row per unused code that replaces a one-time code once, for those who lost their device.';
comment on column access.recovery_codes.account_id is 'The account.';
comment on column access.recovery_codes.code_hash is 'SHA-256 of the code''s digest.';

create table access.api_keys (
    key_id uuid primary key default gen_random_uuid(),
    account_id uuid not null references access.accounts on delete cascade,
    name text not null check (name ~ '^[^[:cntrl:]]{1,100}$'),
    secret_hash bytea not null unique,
    hint text not null,
    sites text [],
    made_by_key_id uuid references access.api_keys on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default 'infinity',
    last_used_at timestamptz,
    revoked_at timestamptz
);
create unique index on access.api_keys (account_id, name) where revoked_at is null;
create index on access.api_keys (made_by_key_id);
comment on table access.api_keys is 'One row per key for programs. It may do what its account may, on the sites that it names.';
comment on column access.api_keys.key_id is 'Id of the key.';
comment on column access.api_keys.account_id is 'The account for which it acts.';
comment on column access.api_keys.name is 'What its account calls it; only one key of that name is valid at a time.';
comment on column access.api_keys.secret_hash is 'SHA-256 of the key''s digest.';
comment on column access.api_keys.hint is 'First letters of the key, by which its owner recognises it.';
comment on column access.api_keys.sites is 'Sites to which it is limited; it then manages nothing. NULL for all of its account''s.';
comment on column access.api_keys.made_by_key_id is 'Key that made it, and whose end is its own; NULL where a person did.';
comment on column access.api_keys.created_at is 'When it was made.';
comment on column access.api_keys.expires_at is 'When it ends; infinity for never.';
comment on column access.api_keys.last_used_at is 'When it was last used, to the minute; NULL for never.';
comment on column access.api_keys.revoked_at is 'When it was revoked; NULL where it is valid.';

create table access.sessions (
    secret_hash bytea primary key,
    kind text not null check (kind in ('session', 'second_factor', 'token')),
    account_id uuid not null references access.accounts on delete cascade,
    key_id uuid references access.api_keys on delete cascade,
    parent_hash bytea references access.sessions on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index on access.sessions (account_id);
create index on access.sessions (parent_hash);
create index on access.sessions (expires_at);
comment on table access.sessions is 'One row per session that was signed in, and per token made from a session or a key.';
comment on column access.sessions.secret_hash is 'SHA-256 of the digest of its secret.';
comment on column access.sessions.kind is 'session: signed in; second_factor: the password was right, a one-time code is awaited; token: carried by a JSON Web Token.';
comment on column access.sessions.account_id is 'The account for which it acts.';
comment on column access.sessions.key_id is 'Key that a token was made from; NULL otherwise.';
comment on column access.sessions.parent_hash is 'Session that a token was made from; NULL otherwise.';
comment on column access.sessions.created_at is 'When it began.';
comment on column access.sessions.last_seen_at is 'When it was last used, to the minute.';
comment on column access.sessions.expires_at is 'When it ends, however often it is used.';

create table access.sign_in_links (
    secret_hash bytea primary key,
    account_id uuid not null references access.accounts on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index on access.sign_in_links (account_id);
comment on table access.sign_in_links is 'One row per link that signs an account in and was not used yet.';
comment on column access.sign_in_links.secret_hash is 'SHA-256 of the digest of its secret.';
comment on column access.sign_in_links.account_id is 'The account.';
comment on column access.sign_in_links.created_at is 'When it was made.';
comment on column access.sign_in_links.expires_at is 'When it ends.';

create table access.attempts (
    bucket integer primary key,
    free_at timestamptz not null
);
comment on table access.attempts is 'One row per group of names at which somebody guessed; few, so that guessing at many names fills no disk.';
comment on column access.attempts.bucket is 'The group: 16 bits of a keyed digest of the name.';
comment on column access.attempts.free_at is 'When all guesses are free again: each moves it on by a quarter of an hour.';

create table access.audit_log (
    audit_id bigint generated always as identity primary key,
    occurred_at timestamptz not null default clock_timestamp(),
    action text not null,
    by_account_id uuid,
    by_key_id uuid,
    account_id uuid,
    details jsonb not null default '{}'
);
create index on access.audit_log (account_id, audit_id);
comment on table access.audit_log is 'One row per sign-in, refused sign-in, export, erasure, and change of an account or key. Rows are added, and never changed or deleted.';
comment on column access.audit_log.audit_id is 'Number of the row, in order.';
comment on column access.audit_log.occurred_at is 'When it happened.';
comment on column access.audit_log.action is 'What happened: signed_in, sign_in_refused, key_made, …';
comment on column access.audit_log.by_account_id is 'Account that did it; NULL for a command on the machine, and where nobody was signed in.';
comment on column access.audit_log.by_key_id is 'Key that it was done with; NULL for none.';
comment on column access.audit_log.account_id is 'Account that it was done to; NULL for none. Its name is not kept here, so that a removed account leaves none.';
comment on column access.audit_log.details is 'What else there is to say, as an object. No secrets, no addresses, no ids of visitors.';
