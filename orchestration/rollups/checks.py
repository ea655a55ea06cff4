"""Asset checks of the rollups that are not dbt's own tests."""

import time
from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from orchestration.resources.dagster_database import Database
from orchestration.rollups.reconcile import LAST_DAYS, Difference, reconcile

# More would make the page of the check slow, and nobody reads them there.
MOST_SHOWN = 100


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
            "table": dg.MetadataValue.md(table(found.differences)),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def table(differences: Sequence[Difference]) -> str:
    """The first of them, to read."""
    if not differences:
        return "Every figure of every day is the same."
    rows = [f"| {d.day} | {d.place} | {d.what} | {d.in_raw_events:,} | {d.found:,} |" for d in differences[:MOST_SHOWN]]
    return "\n".join(["| day | where | what | in raw.events | found |", "| --- | --- | --- | --: | --: |", *rows])
