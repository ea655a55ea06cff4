"""Write days of raw.events to the lake: from PostgreSQL by ADBC as Arrow, to Parquet by DuckDB, never a row in Python.

A day is read in one snapshot, together with its counts; its file is written to a staging file, read back, and renamed.
Only then is it recorded in lake.days. If the process is killed at any point, the day must still be exported, and
readers see either the old file or the new one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from orchestration.errors import DogearError
from orchestration.lake.columns import Column, duckdb_checksum, event_columns, quoted
from orchestration.lake.days import alone_in_lake, days_that_left, lake_days, note_repaired, schema_version
from orchestration.lake.manifest import write_manifest
from orchestration.lake.recall import recall_day
from orchestration.lake.storage import LakeRefusesError, LakeStorage, file_of, open_lake
from orchestration.resources.server import Server
from orchestration.settings import Settings

NOTE_EXPORT = Path(__file__).with_name("note_export.sql").read_bytes()
COUNTS = (
    "select coalesce(sum(events), 0)::bigint, coalesce(sum(crawlers), 0)::bigint from raw.day_counts where day = $1"
)
ORDER = "user_code, occurred_at, event_id, site"
# During a long export, the manifest is never much older than the files.
MANIFEST_EVERY = 30


@dataclass(frozen=True)
class Export:
    """A day that was written: rows of its file, and its size in bytes."""

    day: date
    rows: int
    bytes: int


@dataclass(frozen=True)
class Written:
    """A day's file as it was read back, and the row of raw.day_counts for the day in the same snapshot."""

    rows: int
    checksum: int
    bytes: int
    events: int
    crawlers: int


def export_days(
    database_url: str, settings: Settings, engine: duckdb.DuckDBPyConnection, days: Iterable[date]
) -> Iterator[Export]:
    """Write each of ``days`` to the lake, replacing its old file; yield each when it is there.

    A day that has left PostgreSQL is restored first. Raises DogearError if the lake takes no files; earlier days
    are written then. A day that cannot be written for a reason of its own is skipped, and raises at the end.
    Only one export writes at a time; another waits.
    """
    storage = open_lake(settings.lake)
    with alone_in_lake(database_url) as connection:
        check_is_the_lake(connection, storage)
        storage.remove_unfinished()
    failures: list[str] = []
    try:
        for number, day in enumerate(days, 1):
            try:
                # Others, say an erasure, get their turn between two days.
                with alone_in_lake(database_url) as connection:
                    done = export_day(database_url, settings, connection, engine, storage, day)
                    if number % MANIFEST_EVERY == 0:
                        write_manifest(connection, settings, storage)
                yield done
            except LakeRefusesError:
                raise
            except DogearError as error:
                failures.append(str(error))
    finally:
        with alone_in_lake(database_url) as connection:
            write_manifest(connection, settings, storage)
    if failures:
        raise DogearError(" ".join(failures))


def check_is_the_lake(connection: psycopg.Connection, storage: LakeStorage) -> None:
    """Raise LakeRefusesError if none of the days is there that only the lake should hold."""
    left = [day.day for day in lake_days(connection) if day.left_at][-3:]
    if left and not any(storage.has(file_of(day)) for day in left):
        raise LakeRefusesError(
            f"The lake {storage.url} does not hold {left[-1]}, which has left PostgreSQL for it. "
            "Is DOGEAR_LAKE_URL right? Where the lake was moved, move its files too."
        )


def export_day(
    database_url: str,
    settings: Settings,
    connection: psycopg.Connection,
    engine: duckdb.DuckDBPyConnection,
    storage: LakeStorage,
    day: date,
) -> Export:
    """Write one day, and record it. The caller holds the lake's lock."""
    if days_that_left(connection, day, day):
        recall_day(database_url, connection, engine, storage, day)
    columns = event_columns(connection)
    file = storage.room_for_unfinished(settings.spill_folder)
    try:
        written = write_file(database_url, engine, columns, day, file)
        storage.publish(file, file_of(day))
    except duckdb.Error as error:
        raise DogearError(f"{day} cannot be written to the lake {storage.url}: {str(error).splitlines()[0]}") from None
    finally:
        file.unlink(missing_ok=True)
    version = schema_version(connection, columns)
    connection.execute(NOTE_EXPORT, {**vars(written), "day": day, "schema_version": version})
    note_repaired(connection, day)
    connection.commit()
    return Export(day, written.rows, written.bytes)


def write_file(
    database_url: str, engine: duckdb.DuckDBPyConnection, columns: tuple[Column, ...], day: date, file: Path
) -> Written:
    """Write ``file``, and read it back. One batch at a time: sorting spills to disk what does not fit in memory."""
    names = ", ".join(quoted(column.name) for column in columns)
    until = day + timedelta(days=1)
    with Server.of(database_url).adbc() as source, source.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute(COUNTS, [day])
        events, crawlers = cursor.fetchall()[0]
        # With parameters the driver would not use COPY; these are dates.
        cursor.execute(
            f"select {names} from raw.events "  # noqa: S608
            f"where occurred_at >= '{day}T00:00:00Z' and occurred_at < '{until}T00:00:00Z'"
        )
        source_rows: Any = cursor.fetch_record_batch()
        engine.register("source_rows", source_rows)
        copied = engine.execute(
            f"copy (select {names} from source_rows order by {ORDER}) "  # noqa: S608
            "to $file (format parquet, compression zstd, compression_level 9)",
            {"file": str(file)},
        ).fetchall()[0][0]
        engine.unregister("source_rows")
    rows, checksum = engine.execute(
        f"select count(*), {duckdb_checksum(columns)} from read_parquet($file, hive_partitioning = false)",  # noqa: S608
        {"file": str(file)},
    ).fetchall()[0]
    if rows != copied:
        raise DogearError(f"Of the {copied} rows of {day}, {rows} came back from the file: the disk may be damaged.")
    return Written(rows, int(checksum), file.stat().st_size, events, crawlers)
