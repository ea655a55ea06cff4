create or replace function access.note_question(
    credential bytea,
    metrics text [],
    dimensions text [],
    filtered_by text [],
    days integer,
    engine text,
    source text,
    tables text [],
    milliseconds double precision,
    row_count integer
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform access.acting(credential, 'analyst');
    -- Nobody waits for the disk: this may be lost in a crash.
    perform set_config('synchronous_commit', 'off', true);
    insert into ops.query_decisions (
        metrics, dimensions, filtered_by, days, engine, source, tables, milliseconds, row_count
    ) values (
        note_question.metrics, note_question.dimensions, note_question.filtered_by, note_question.days,
        note_question.engine, note_question.source, note_question.tables, note_question.milliseconds,
        note_question.row_count
    );
    -- A few with each new one, so that none gets old; what another request is deleting is left to it.
    delete from ops.query_decisions as old
    where
        old.ctid = any(array(
            select gone.ctid
            from ops.query_decisions as gone
            where gone.decided_at < now() - interval '30 days'
            limit 10
            for update skip locked
        ));
end
$$;
comment on function access.note_question is
'Notes how a question of the caller was answered, without the caller, and deletes what is older than 30 days. Called in a transaction of its own.';
