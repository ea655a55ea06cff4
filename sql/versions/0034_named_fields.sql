-- Digests are made of named fields of a line. What was imported before keeps the ids that it has: its lines are known by
-- their whole text, in which an address may stand that a log has in a field of its own.
alter table raw.imports add column digest_rule smallint not null default 1 check (digest_rule in (1, 2));
alter table raw.imports alter column digest_rule drop default;

comment on column raw.imports.head_digest is
'SHA-256 of the site and of what these lines are known by; addresses of machines are left out.';
comment on column raw.imports.digest_rule is
'What a line of the file is known by: 1, its whole text but for the address of the visitor (imports by older versions); 2, named fields alone.';
