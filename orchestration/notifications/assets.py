"""Notifications as an asset, and the minute that brings them: the wiring only."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.notifications.channels import usable_channels
from orchestration.notifications.deliver import LONGEST_CALL, any_to_deliver, deliver_due
from orchestration.notifications.make_notifications import any_to_make, make_notifications
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.resources.retries import PASSING_FAULTS

UNFINISHED = [
    *(dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED),
    *(dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED),
]
# A run that is older was killed, whatever its status says.
OLDEST_RUN = 3 * LONGEST_CALL


@dg.asset(
    key=["ops", "notifications"],
    deps=[dg.AssetKey(["raw", "events"]), dg.AssetKey(["content", "items"])],
    group_name="notifications",
    retry_policy=PASSING_FAULTS,
    owners=["team:events"],
    kinds={"postgres"},
    description="One row per notification of likes, comments and shares, and recipient; delivered where it is due.",
)
def notifications(context: dg.AssetExecutionContext, database: Database) -> dg.MaterializeResult[Any]:
    settings = database.settings
    channels, problems = usable_channels(settings)
    for problem in problems:
        context.log.warning(problem)
    made = make_notifications(database.url, datetime.now(UTC), settings.notifications_per_hour)
    done = deliver_due(database.url, channels)
    return dg.MaterializeResult(metadata={"made": made, **asdict(done), "problems": " ".join(problems)})


notify = dg.define_asset_job(
    "notify",
    selection=[notifications],
    description="Make notifications of new likes, comments and shares, and deliver those that are due.",
)


@dg.schedule(
    job=notify,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every minute in which there is something to tell.",
)
def every_minute(context: dg.ScheduleEvaluationContext, database: Database) -> dg.RunRequest | dg.SkipReason:
    settings, now = database.settings, datetime.now(UTC)
    channels, problems = usable_channels(settings)
    if not any_to_make(database.url, now, settings.notifications_per_hour) and not any_to_deliver(
        database.url, channels, now
    ):
        return dg.SkipReason(" ".join(["There is nothing to tell.", *problems]))
    if is_running(context.instance, now - OLDEST_RUN):
        return dg.SkipReason("The run before is not done.")
    return dg.RunRequest(tags=Priority.NOTICES.tags)


def is_running(instance: dg.DagsterInstance, since: datetime) -> bool:
    """Whether a run that was asked for after ``since`` waits or is under way: slow hosts must not pile runs up."""
    asked = dg.RunsFilter(job_name=notify.name, statuses=UNFINISHED, created_after=since)
    return bool(instance.get_run_records(asked, limit=1))


defs = dg.Definitions(assets=[notifications], jobs=[notify], schedules=[every_minute])
