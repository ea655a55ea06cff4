"""The lake as assets: closed days of events and of marts as Parquet, and the days that may leave PostgreSQL for it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

from orchestration.errors import DogearError
from orchestration.lake.days import changed_days
from orchestration.lake.tables import EVENTS, MARTS, TABLES, LakeTable
from orchestration.partitions import DAILY, days_of
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB
from orchestration.resources.metadata_table import metadata_table
from orchestration.resources.postgres import connect
from orchestration.resources.retries import PASSING_FAULTS
from orchestration.visible_text import visible_text


class DaysToExport(dg.Config):
    """Which days of the range to write."""

    only_changed: bool = False


@dg.asset(
    key=["lake", "events"],
    deps=[["raw", "events"]],
    partitions_def=DAILY,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="lake",
    owners=["team:lake"],
    kinds={"duckdb", "parquet"},
    pool="duckdb",
    retry_policy=PASSING_FAULTS,
    description=(
        "One row per row of raw.events: every closed UTC day as one Parquet file, sorted by user_code and time. It is "
        "written to a staging file, read back and renamed; rewritten when late events change the day."
    ),
)
def lake_events(
    context: dg.AssetExecutionContext, database: Database, duckdb: DuckDB, config: DaysToExport
) -> dg.MaterializeResult[Any]:
    return write_days(context, database, duckdb, config, [EVENTS])


@dg.asset(
    key=["lake", "marts"],
    deps=[table.name.split(".") for table in MARTS],
    partitions_def=DAILY,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="lake",
    owners=["team:lake"],
    kinds={"duckdb", "parquet"},
    pool="duckdb",
    retry_policy=PASSING_FAULTS,
    description=(
        "One row per row of a mart of detail: each closed UTC day of sessions, page views, clicks, custom events and "
        "visitor days as Parquet files, with whole numbers as keys of visitors and sessions. Rewritten when the day "
        "was built again."
    ),
)
def lake_marts(
    context: dg.AssetExecutionContext, database: Database, duckdb: DuckDB, config: DaysToExport
) -> dg.MaterializeResult[Any]:
    return write_days(context, database, duckdb, config, MARTS)


def write_days(
    context: dg.AssetExecutionContext,
    database: Database,
    duckdb: DuckDB,
    config: DaysToExport,
    tables: Sequence[LakeTable],
) -> dg.MaterializeResult[Any]:
    """Write the days of a run, and note of each day how many rows and bytes its files have."""
    from orchestration.lake.export import export_days
    from orchestration.lake.wanted_days import days_of_range

    rows, size = Counter[date](), Counter[date]()
    with duckdb.get_connection() as engine:
        for table in tables:
            wanted = days_of_range(database.url, days_of(context), only_changed=config.only_changed, table=table)
            for day in export_days(database.url, database.settings, engine, wanted, table):
                context.log.info("%s of %s: %d rows, %d bytes", day.day, table.name, day.rows, day.bytes)
                rows[day.day] += day.rows
                size[day.day] += day.bytes
    for day, count in rows.items():
        context.add_asset_metadata({"dagster/row_count": count, "bytes": size[day]}, partition_key=str(day))
    return dg.MaterializeResult(metadata={"days written by this run": len(rows)})


@dg.asset(
    key=["lake", "retention"],
    deps=[lake_events, lake_marts],
    group_name="lake",
    owners=["team:lake"],
    kinds={"postgres", "duckdb"},
    pool="duckdb",
    description=(
        "Days of raw.events and of the marts of detail older than DOGEAR_RETENTION_DAYS: the partitions of each are "
        "dropped once the lake is proven to hold the same rows. Rollups stay. What would go is said by: dogear lake "
        "retention --dry-run"
    ),
)
def retention(context: dg.AssetExecutionContext, database: Database, duckdb: DuckDB) -> dg.MaterializeResult[Any]:
    from orchestration.lake.export import export_days
    from orchestration.lake.retention import forget_corrected, let_old_days_leave, remove_old_rejected
    from orchestration.lake.storage import LakeRefusesError

    exported: set[date] = set()
    failures: list[str] = []
    with duckdb.get_connection() as engine:
        for table in TABLES.values():
            with connect(database.url) as connection:
                changed = [changed.day for changed in changed_days(connection, table=table)]
            try:
                done = export_days(database.url, database.settings, engine, changed, table) if changed else ()
                exported.update(day.day for day in done)
            except LakeRefusesError:
                raise
            except DogearError as error:
                # A day that cannot be written stays; the others may leave.
                failures.append(str(error))
                context.log.error(visible_text(failures[-1]))
        days = list(let_old_days_leave(database.url, database.settings, engine))
    kept = [(day.day, day.kept) for day in days if day.kept]
    return dg.MaterializeResult(
        metadata={
            "days exported before": len(exported),
            "days not exported": " ".join(failures) or "none",
            "days that left": sum(day.kept is None for day in days),
            "bytes freed": sum(day.bytes for day in days if day.kept is None),
            "days kept": metadata_table(["day", "why"], kept),
            "rejected events removed": remove_old_rejected(database.url, database.settings),
            "corrected events forgotten": forget_corrected(database.url),
        }
    )


left_visits = dg.AssetSpec(
    key=["lake", "left_visits"],
    deps=[lake_marts],
    group_name="lake",
    owners=["team:lake"],
    kinds={"postgres", "duckdb"},
    description=(
        "One row per visitor and page or site of visitor_days, with what it had on days that have left PostgreSQL. "
        "Summed up in the lake whenever marts.analytics_visitors is refreshed."
    ),
)

defs = dg.Definitions(assets=[lake_events, lake_marts, retention, left_visits])
