"""Asset check of the lake: the wiring only."""

import time

import dagster as dg

from orchestration.lake.compare import Comparison
from orchestration.lake.due_checks import NIGHTLY, days_to_check
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB
from orchestration.resources.metadata_table import metadata_table


class DaysToCompare(dg.Config):
    """How many days to read."""

    days: int = NIGHTLY


@dg.asset_check(
    asset=dg.AssetKey(["lake", "events"]),
    pool="duckdb",
    description=(
        "Count and checksum of each day in the lake are those of PostgreSQL; of days that have left it, those "
        "that were written. Days that were never compared come first, then those whose comparison is oldest."
    ),
)
def lake_holds_what_postgres_holds(database: Database, duckdb: DuckDB, config: DaysToCompare) -> dg.AssetCheckResult:
    from orchestration.lake.compare import compare_days

    started = time.monotonic()
    with duckdb.get_connection() as engine:
        days = days_to_check(database.url, config.days)
        found = list(compare_days(database.url, database.settings, engine, days))
    wrong = [day for day in found if day.verdict != "equal"]
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "days compared": len(found),
            "days found wrong": len(wrong),
            "table": metadata_table(["day", "found", "why", "then"], map(finding, wrong)),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def finding(wrong: Comparison) -> tuple[object, ...]:
    """Return what is wrong with a day, to read, and what becomes of it."""
    then = "restore the file from a backup" if wrong.has_left else "is rewritten automatically"
    return wrong.day, wrong.verdict, wrong.reason, then


defs = dg.Definitions(asset_checks=[lake_holds_what_postgres_holds])
