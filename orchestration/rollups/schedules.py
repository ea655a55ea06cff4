"""When marts without new events are built, and views that read all of history are refreshed."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from orchestration.partitions import run_tags
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.rollups.jobs import build, refresh_content_analytics
from orchestration.rollups.stale_days import days_to_build


@dg.schedule(
    job=build,
    cron_schedule="0 2 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Yesterday, and every other day whose events are not the ones that its marts were made of.",
)
def nightly(context: dg.ScheduleEvaluationContext, database: Database) -> Iterator[dg.RunRequest]:
    tick = context.scheduled_execution_time
    yesterday = tick.date() - timedelta(days=1)
    for days in days_to_build(database.url, database.settings, always={yesterday}):
        yield dg.RunRequest(run_key=f"{tick:%Y-%m-%d} {days}", tags=run_tags(days) | Priority.NIGHTLY.tags)


four_hourly = dg.ScheduleDefinition(
    job=refresh_content_analytics,
    cron_schedule="20 */4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags=Priority.NIGHTLY.tags,
    description="The last 30 days of each document; readers do not wait for it.",
)

defs = dg.Definitions(schedules=[nightly, four_hourly])
