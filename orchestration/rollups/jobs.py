"""Jobs and schedules of the rollups."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from orchestration.content.assets import content_files
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.rollups.assets import refreshed, rollups
from orchestration.rollups.checks import marts_hold_what_was_collected
from orchestration.rollups.stale_days import DayRange, days_to_build

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.assets(content_files, rollups, refreshed),
    description="Read what changed in the content folder, then build every mart for a range of days.",
)
update = dg.define_asset_job(
    "update",
    # It runs every minute while people come: what reads five weeks of events is for the night.
    selection=dg.AssetSelection.assets(*(spec.key for spec in rollups.specs if spec.partitions_def))
    - dg.AssetSelection.checks(marts_hold_what_was_collected),
    description="Build what holds days for a range of them, and nothing else: what the sensor of stale days asks for.",
)
refresh_content_analytics = dg.define_asset_job(
    "refresh_content_analytics",
    selection=dg.AssetSelection.assets(["marts", "mv_content_analytics"]),
    description="Make the last 30 days of each document anew.",
)
refresh_visitors = dg.define_asset_job(
    "refresh_visitors",
    selection=dg.AssetSelection.assets(["marts", "analytics_visitors"]),
    description="Make the table of visitors anew.",
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

defs = dg.Definitions(
    assets=[rollups, refreshed],
    asset_checks=[marts_hold_what_was_collected],
    jobs=[build, update, refresh_content_analytics, refresh_visitors],
    schedules=[nightly, four_hourly],
)
