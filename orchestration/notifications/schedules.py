"""When notifications are made and delivered: every minute in which there are some."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.notifications.channels import usable_channels
from orchestration.notifications.deliver import any_to_deliver
from orchestration.notifications.jobs import notify
from orchestration.notifications.make_notifications import any_to_make
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.webhooks.outbox import LONGEST_CALL

UNFINISHED = [
    *(dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED),
    *(dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED),
]
# A run that is older was killed, whatever its status says.
OLDEST_RUN = 3 * LONGEST_CALL


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
    """Return whether a run requested after ``since`` is queued or running: slow hosts must not pile up runs."""
    asked = dg.RunsFilter(job_name=notify.name, statuses=UNFINISHED, created_after=since)
    return bool(instance.get_run_records(asked, limit=1))


defs = dg.Definitions(schedules=[every_minute])
