-- One for all who build: in the environment of each, two could undo each other's days for ever.
create table content.session_rules (
    only_row boolean primary key default true check (only_row),
    gap_minutes smallint not null check (gap_minutes between 1 and 720)
);
insert into content.session_rules (gap_minutes) values (30);
comment on table content.session_rules is 'One row: by which rules events become sessions, where an installation may choose.';
comment on column content.session_rules.only_row is 'True: there is no second row.';
comment on column content.session_rules.gap_minutes is
'Minutes without an event after which a visitor''s next one begins another session. Set by: dogear session-gap';
