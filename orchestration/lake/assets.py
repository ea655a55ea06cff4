"""The lake as assets: each closed day of raw.events as Parquet, and the days that may leave PostgreSQL for it."""

from typing import Any

import dagster as dg

from orchestration.errors import DogearError
from orchestration.lake.days import changed_days
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
    from orchestration.lake.export import export_days
    from orchestration.lake.wanted_days import days_of_range

    wanted = days_of_range(database.url, days_of(context), only_changed=config.only_changed)
    done = []
    with duckdb.get_connection() as engine:
        for day in export_days(database.url, database.settings, engine, wanted):
            context.log.info("%s: %d rows, %d bytes", day.day, day.rows, day.bytes)
            context.add_asset_metadata({"dagster/row_count": day.rows, "bytes": day.bytes}, partition_key=str(day.day))
            done.append(day)
    return dg.MaterializeResult(metadata={"days written by this run": len(done)})


@dg.asset(
    key=["lake", "retention"],
    deps=[lake_events],
    group_name="lake",
    owners=["team:lake"],
    kinds={"postgres", "duckdb"},
    pool="duckdb",
    description=(
        "Days of raw.events older than DOGEAR_RETENTION_DAYS: the partition of each is dropped once the lake is proven "
        "to hold the same rows. What would go is said by: dogear lake retention --dry-run"
    ),
)
def retention(context: dg.AssetExecutionContext, database: Database, duckdb: DuckDB) -> dg.MaterializeResult[Any]:
    from orchestration.lake.export import Export, export_days
    from orchestration.lake.retention import forget_corrected, let_old_days_leave, remove_old_rejected
    from orchestration.lake.storage import LakeRefusesError

    with connect(database.url) as connection:
        changed = [changed.day for changed in changed_days(connection)]
    exported: list[Export] = []
    failure = ""
    with duckdb.get_connection() as engine:
        try:
            exported.extend(export_days(database.url, database.settings, engine, changed))
        except LakeRefusesError:
            raise
        except DogearError as error:
            # A day that cannot be written stays; the others may leave.
            failure = str(error)
            context.log.error(visible_text(failure))
        days = list(let_old_days_leave(database.url, database.settings, engine))
    kept = [(day.day, day.kept) for day in days if day.kept]
    return dg.MaterializeResult(
        metadata={
            "days exported before": len(exported),
            "days not exported": failure or "none",
            "days that left": sum(day.kept is None for day in days),
            "bytes freed": sum(day.bytes for day in days if day.kept is None),
            "days kept": metadata_table(["day", "why"], kept),
            "rejected events removed": remove_old_rejected(database.url, database.settings),
            "corrected events forgotten": forget_corrected(database.url),
        }
    )


defs = dg.Definitions(assets=[lake_events, retention])
