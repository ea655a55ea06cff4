create or replace view ops.job_queue as
select
    run_id,
    job,
    case status
        when 'SUCCESS' then 'succeeded'
        when 'FAILURE' then 'failed'
        when 'CANCELED' then 'canceled'
        when 'QUEUED' then 'queued'
        when 'NOT_STARTED' then 'queued'
        else 'running'
    end as state,
    case
        when tags ->> 'dagster/priority' ~ '^-?\d{1,9}$'
            then least(greatest((tags ->> 'dagster/priority')::integer, 1), 10)
        else 5
    end as priority,
    case
        when tags ->> 'dagster/retry_number' ~ '^\d{1,9}$' then 1 + (tags ->> 'dagster/retry_number')::integer else 1
    end as attempt,
    case
        when tags ->> 'dagster/max_retries' ~ '^\d{1,9}$' then 1 + (tags ->> 'dagster/max_retries')::integer else 3
    end as max_attempts,
    case
        when tags ->> '.dagster/scheduled_execution_time' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d'
            then (tags ->> '.dagster/scheduled_execution_time')::timestamptz
        else created
    end as scheduled_at,
    created as queued_at,
    started as started_at,
    ended as ended_at,
    round(extract(epoch from coalesce(started, ended, now()) - created), 3) as waiting_seconds,
    round(extract(epoch from coalesce(ended, now()) - started), 3) as processing_seconds,
    -- A run that is tried again inherits the tags of the attempt before.
    case
        when split_part(tags ->> 'dogear/worker', '/', 4) = run_id
            then split_part(tags ->> 'dogear/worker', '/', 1) || '/' || split_part(tags ->> 'dogear/worker', '/', 2)
    end as worker,
    coalesce(tags ->> 'dagster/asset_partition_range_start', tags ->> 'dagster/partition') as partition_from,
    coalesce(tags ->> 'dagster/asset_partition_range_end', tags ->> 'dagster/partition') as partition_to,
    case
        when tags ? 'dagster/backfill' then 'backfill ' || (tags ->> 'dagster/backfill')
        when tags ? 'dagster/schedule_name' then 'schedule ' || (tags ->> 'dagster/schedule_name')
        when tags ? 'dagster/sensor_name' then 'sensor ' || (tags ->> 'dagster/sensor_name')
        when tags ? 'dogear/asked_by' then 'command ' || (tags ->> 'dogear/asked_by')
        else 'person'
    end as asked_by,
    left(split_part(regexp_replace(btrim(error), '^[\w.]+: ', ''), E'\n', 1), 500) as error,
    coalesce(tags ->> 'dagster/will_retry' = 'true', false) as will_retry,
    coalesce(tags ->> 'dagster/root_run_id', run_id) as first_run_id
from ops.dagster_runs();
comment on view ops.job_queue is
'One row per run of Dagster, waiting, under way or done: each attempt is a run of its own. Empty before Dagster has run.';
comment on column ops.job_queue.run_id is 'Dagster''s id of the run, under which the UI shows it (/dagster/runs/ID).';
comment on column ops.job_queue.job is
'Name of the job; __ASSET_JOB where assets were chosen without one, as in the UI and by its backfills.';
comment on column ops.job_queue.state is
'queued (Dagster: QUEUED, NOT_STARTED), running (STARTING, STARTED, CANCELING, SUSPENDED, MANAGED), succeeded (SUCCESS), failed (FAILURE) or canceled (CANCELED).';
comment on column ops.job_queue.priority is
'From 1 to 10; the highest of those that wait begins first. The tag dagster/priority; 5 without one.';
comment on column ops.job_queue.attempt is
'1, or more where the run before was killed and this tries again (tag dagster/retry_number). A step that is tried again within its run does not count.';
comment on column ops.job_queue.max_attempts is
'How many attempts there are at most: 3, or 1 more than the tag dagster/max_retries; 1 for what a command runs itself.';
comment on column ops.job_queue.scheduled_at is
'When it should run: the time of the schedule''s tick, else when it was asked for.';
comment on column ops.job_queue.queued_at is 'When it was asked for, and began to wait.';
comment on column ops.job_queue.started_at is 'When its worker began; NULL before, and for ever where it never did.';
comment on column ops.job_queue.ended_at is 'When it succeeded, failed or was canceled; NULL before.';
comment on column ops.job_queue.waiting_seconds is
'Seconds from queued_at to started_at, up to now where it still waits, to ended_at where it never began.';
comment on column ops.job_queue.processing_seconds is
'Seconds from started_at to ended_at, up to now where it is under way; NULL before it began.';
comment on column ops.job_queue.worker is
'Host and process that works on it, or did: host/pid. NULL before it began, and for jobs that do not use the database.';
comment on column ops.job_queue.partition_from is 'First day that it is for, or its one partition; NULL where it has none.';
comment on column ops.job_queue.partition_to is 'Last day that it is for, or its one partition; NULL where it has none.';
comment on column ops.job_queue.asked_by is
'schedule NAME, sensor NAME, backfill ID, command NAME (dogear build), or person: the UI or the API. Of a new attempt, who asked for the first.';
comment on column ops.job_queue.error is
'First line of what went wrong first, without the class of the exception, at most 500 characters; NULL unless it failed.';
comment on column ops.job_queue.will_retry is 'It failed, and another run tries again.';
comment on column ops.job_queue.first_run_id is 'Run of the first attempt, or the run that this one repeats; run_id where this is it.';
