"""Asset checks of the rollups that are not dbt's own tests."""

import time
from dataclasses import astuple

import dagster as dg
from pydantic import Field

from orchestration.resources.dagster_database import Database
from orchestration.resources.metadata_table import metadata_table
from orchestration.rollups.reconcile import LAST_DAYS, reconcile

# More would make the page of the check slow, and nobody reads them there.
MOST_SHOWN = 100
COLUMNS = ("day", "where", "what", "in raw.events", "found")


class DaysToReconcile(dg.Config):
    """How far back to look."""

    last_days: int = Field(default=LAST_DAYS, ge=1, description="Days, up to the newest that the marts hold.")


@dg.asset_check(
    asset=dg.AssetKey(["marts", "analytics_daily_sites"]),
    description="Events, page views, clicks and visitors of each day in the marts are those that raw.events holds.",
)
def marts_hold_what_was_collected(database: Database, config: DaysToReconcile) -> dg.AssetCheckResult:
    started = time.monotonic()
    found = reconcile(database.url, config.last_days)
    return dg.AssetCheckResult(
        passed=not found.differences,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "days looked at": found.days,
            "differences": len(found.differences),
            "table": metadata_table(COLUMNS, map(astuple, found.differences[:MOST_SHOWN])),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


defs = dg.Definitions(asset_checks=[marts_hold_what_was_collected])
