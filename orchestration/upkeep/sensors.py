"""The operator is notified once of a failed run: the wiring only."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
from dagster._core.events import JobFailureData, RunFailureReason

from orchestration.resources.dagster_database import Database
from orchestration.upkeep.failed_runs import FailedRun, tell_operator

FROM_OUTSIDE = "This run has been marked as failed from outside"


@dg.run_failure_sensor(
    name="failed_runs",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    description="Tells DOGEAR_OPERATOR of each run that failed and is not tried again.",
)
def failed_runs(context: dg.RunFailureSensorContext, database: Database) -> None:
    run = context.dagster_run
    if is_tried_again(context):
        context.log.info("%s of %s is tried again", run.run_id, run.job_name)
        return
    failed = FailedRun(run.run_id, run.job_name, days(run.tags), first_error(context))
    is_notified = tell_operator(database.url, database.settings, failed, datetime.now(UTC))
    context.log.info("%s of %s: %s", failed.run_id, failed.job, "notified" if is_notified else "nobody was notified")


def is_tried_again(context: dg.RunFailureSensorContext) -> bool:
    """Return whether Dagster starts the run again. It says so in a tag, a moment after the failure itself."""
    tags = context.dagster_run.tags
    if "dagster/will_retry" in tags or not context.instance.run_retries_enabled:
        return tags.get("dagster/will_retry") == "true"
    ended = context.failure_event.event_specific_data
    if isinstance(ended, JobFailureData) and ended.failure_reason == RunFailureReason.STEP_FAILURE:
        return False
    most = int(tags.get("dagster/max_retries", context.instance.run_retries_max_retries))
    return int(tags.get("dagster/retry_number", 0)) < most


def days(tags: Mapping[str, str]) -> str:
    """Return the partitions that a run was for, as people write them."""
    only = tags.get("dagster/partition", "")
    first = tags.get("dagster/asset_partition_range_start", only)
    last = tags.get("dagster/asset_partition_range_end", only)
    return first if first == last else f"{first} to {last}"


def first_error(context: dg.RunFailureSensorContext) -> str:
    """Return the message of a failed step; else that of the run's end; else the last one before it was ended."""
    errors = [event.step_failure_data.error for event in context.get_step_failure_events()]
    ended = context.failure_event.event_specific_data
    for error in [*errors, ended.error if isinstance(ended, JobFailureData) else None]:
        if error is not None:
            return (error.cause or error).message
    entries = context.instance.all_logs(
        context.dagster_run.run_id, of_type={dg.DagsterEventType.ENGINE_EVENT, dg.DagsterEventType.RUN_FAILURE}
    )
    messages = [entry.dagster_event.message or "" for entry in entries if entry.dagster_event]
    said = context.failure_event.message or ""
    before = messages[: messages.index(said)] if said in messages else []
    return before[-1] if before and said.startswith(FROM_OUTSIDE) else said


defs = dg.Definitions(sensors=[failed_runs])
