-- Functions and views live in sql/functions from here on, one a file, and are applied again when their text changes.

create table ops.functions (
    file text primary key,
    digest text not null,
    applied_at timestamptz not null default now()
);
comment on table ops.functions is 'One row per file of sql/functions, as it was last applied to this database.';
comment on column ops.functions.file is 'Path of the file below sql/functions: schema/name.sql.';
comment on column ops.functions.digest is 'SHA-256 of its text, in hexadecimal digits.';
comment on column ops.functions.applied_at is 'When it was applied.';
