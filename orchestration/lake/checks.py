"""Asset checks of the lake: the wiring only."""

import time
from collections.abc import Sequence

import dagster as dg

from orchestration.lake.compare import Comparison, WayOut
from orchestration.lake.due_checks import NIGHTLY, days_to_check
from orchestration.lake.tables import EVENTS, MARTS, LakeTable
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB
from orchestration.resources.metadata_table import metadata_table

THEN: dict[WayOut, str] = {
    "export": "is rewritten automatically",
    "build": "is built again automatically",
    "backup": "restore the file from a backup",
}


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
    return compare(database, duckdb, [EVENTS], config.days)


@dg.asset_check(
    asset=dg.AssetKey(["lake", "marts"]),
    pool="duckdb",
    description=(
        "Count and checksum of each day of a mart in the lake are those of PostgreSQL. Days that were never compared "
        "come first, then those whose comparison is oldest."
    ),
)
def lake_holds_the_marts(database: Database, duckdb: DuckDB, config: DaysToCompare) -> dg.AssetCheckResult:
    return compare(database, duckdb, MARTS, config.days)


def compare(database: Database, duckdb: DuckDB, tables: Sequence[LakeTable], number: int) -> dg.AssetCheckResult:
    """Compare so many days of each table."""
    from orchestration.lake.compare import compare_days

    started = time.monotonic()
    wrong: list[tuple[object, ...]] = []
    compared = 0
    with duckdb.get_connection() as engine:
        for table in tables:
            days = days_to_check(database.url, number, table)
            for found in compare_days(database.url, database.settings, engine, days, table):
                compared += 1
                if found.verdict != "equal":
                    wrong.append(finding(table, found))
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "days compared": compared,
            "days found wrong": len(wrong),
            "table": metadata_table(["of", "day", "found", "why", "then"], wrong),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def finding(table: LakeTable, wrong: Comparison) -> tuple[object, ...]:
    """Return what is wrong with a day of the table, to read, and what becomes of it."""
    return table.name, wrong.day, wrong.verdict, wrong.reason, THEN[wrong.way_out]


defs = dg.Definitions(asset_checks=[lake_holds_what_postgres_holds, lake_holds_the_marts])
