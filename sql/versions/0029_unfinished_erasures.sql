-- What an erasure has still to do must outlive the command that began it. No right is granted: schema ops is its owner's.
create table ops.unfinished_erasures (
    erasure_id bigint generated always as identity primary key,
    erased_at timestamptz not null default clock_timestamp(),
    days date [] not null
);
revoke all on ops.unfinished_erasures from public;
comment on table ops.unfinished_erasures is
'One row per erasure of a visitor whose bytes may still be in PostgreSQL''s files. It goes when the tables were written again without them. Which visitor it was is not kept.';
comment on column ops.unfinished_erasures.erasure_id is 'Number of the erasure.';
comment on column ops.unfinished_erasures.erased_at is 'When the rows were deleted.';
comment on column ops.unfinished_erasures.days is
'UTC days from which events went, or whose marts named the visitor; empty where only other tables had rows.';
