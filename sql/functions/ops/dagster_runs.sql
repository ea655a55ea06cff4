-- Dagster makes its tables when it first runs, after this: a view that names them could not be made yet.
create or replace function ops.dagster_runs()
returns table (
    run_id text, job text, status text, created timestamptz, started timestamptz, ended timestamptz, tags jsonb, error text
)
language plpgsql stable as $$
begin
    if to_regclass('dagster.runs') is null or to_regclass('dagster.event_logs') is null then
        return;
    end if;
    return query
    select
        runs.run_id::text,
        runs.pipeline_name,
        runs.status::text,
        runs.create_timestamp at time zone 'UTC',
        to_timestamp(runs.start_time),
        to_timestamp(runs.end_time),
        coalesce(tagged.tags, '{}'),
        failure.message
    from dagster.runs
    left join (
        select run_tags.run_id, jsonb_object_agg(run_tags.key, run_tags.value) as tags
        from dagster.run_tags
        group by run_tags.run_id
    ) as tagged on tagged.run_id = runs.run_id
    -- The message of a failed step; else that of the run's end; else, if the run was ended from outside, the last
    -- message before it.
    left join lateral (
        select
            coalesce(
                said.event #>> '{event_specific_data,error,cause,message}',
                said.event #>> '{event_specific_data,error,message}',
                said.event ->> 'message'
            ) as message
        from dagster.event_logs
        cross join lateral (select event_logs.event::jsonb -> 'dagster_event' as event) as said
        cross join lateral (
            select
                case
                    when event_logs.dagster_event_type = 'STEP_FAILURE' then 1
                    when event_logs.dagster_event_type = 'ENGINE_EVENT' then 3
                    when said.event ->> 'message' like 'This run has been marked as failed from outside%' then 4
                    else 2
                end as place
        ) as ranked
        where
            runs.status = 'FAILURE'
            and event_logs.run_id = runs.run_id
            and event_logs.dagster_event_type in ('STEP_FAILURE', 'ENGINE_EVENT', 'PIPELINE_FAILURE')
            and event_logs.id <= (
                select min(ends.id)
                from dagster.event_logs as ends
                where ends.run_id = runs.run_id and ends.dagster_event_type = 'PIPELINE_FAILURE'
            )
        order by ranked.place, case ranked.place when 3 then -event_logs.id else event_logs.id end
        limit 1
    ) as failure on true;
end
$$;
comment on function ops.dagster_runs() is
'One row per run, as Dagster''s tables have it; none before they are there. What ops.job_queue is made of.';
