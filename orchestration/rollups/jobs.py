"""Jobs and schedules of the rollups."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from orchestration.content.assets import content_files
from orchestration.resources.dagster_database import Database
from orchestration.rollups.assets import rollups
from orchestration.rollups.stale_days import DayRange, days_to_build

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.assets(content_files, rollups),
    description="Read what changed in the content folder, then build every mart for a range of days.",
)


def run_tags(days: DayRange) -> dict[str, str]:
    """Tags that make one run of all these days."""
    return {
        "dagster/asset_partition_range_start": str(days.first),
        "dagster/asset_partition_range_end": str(days.last),
    }


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
    for days in days_to_build(database.url, database.settings.home_folder, always={yesterday}):
        yield dg.RunRequest(run_key=f"{tick:%Y-%m-%d} {days}", tags=run_tags(days))


defs = dg.Definitions(assets=[rollups], jobs=[build], schedules=[nightly])
