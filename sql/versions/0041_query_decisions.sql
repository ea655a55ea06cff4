-- Which tables answered which questions, and how long that took: what a rollup or an index would serve better.
create table ops.query_decisions (
    decided_at timestamptz not null default now(),
    metrics text [] not null,
    dimensions text [] not null,
    filtered_by text [] not null,
    days integer not null,
    engine text not null,
    source text not null,
    tables text [] not null,
    milliseconds double precision not null,
    row_count integer not null
);
create index on ops.query_decisions (decided_at);
comment on table ops.query_decisions is
'One row per question that the API answered, for 30 days: what was asked for, without values and without who asked.';
comment on column ops.query_decisions.decided_at is 'When it was answered.';
comment on column ops.query_decisions.metrics is 'Names of the metrics.';
comment on column ops.query_decisions.dimensions is 'Names of the dimensions by which rows are grouped.';
comment on column ops.query_decisions.filtered_by is 'Names of the dimensions in filters.';
comment on column ops.query_decisions.days is 'Days of the range.';
comment on column ops.query_decisions.engine is 'Engine that answered: postgresql.';
comment on column ops.query_decisions.source is 'rollup, detail, or mixed.';
comment on column ops.query_decisions.tables is 'Tables that answered, in the order of the metrics.';
comment on column ops.query_decisions.milliseconds is 'How long the answer took, without HTTP.';
comment on column ops.query_decisions.row_count is 'Rows of the page.';
