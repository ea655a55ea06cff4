-- Strangers say how many events have their time put right. Nobody sends one of them again after a month: see retention.py.
-- What a load must know of them it asks for.
alter table raw.corrected_events drop column number;
alter table raw.corrected_events add column noted_at timestamptz not null default now();
create index on raw.corrected_events using brin (noted_at);
comment on column raw.corrected_events.noted_at is 'When it was loaded; a month later the row goes.';
