"""Write days of a table to the lake: from PostgreSQL by ADBC as Arrow, to Parquet by DuckDB, never a row in Python.

A day is read in one snapshot, together with what it is made of; its file is written to a staging file, read back, and
renamed. Only then is it recorded in lake.days. If the process is killed at any point, the day must still be exported,
and readers see either the old file or the new one.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg

from orchestration.errors import DogearError
from orchestration.lake.columns import Column, columns_of, duckdb_checksum, quoted
from orchestration.lake.day_source import DaySource
from orchestration.lake.days import alone_in_lake, days_that_left, lake_days, note_repaired, schema_version
from orchestration.lake.manifest import write_manifest
from orchestration.lake.recall import recall_day
from orchestration.lake.storage import LakeRefusesError, LakeStorage, open_lake
from orchestration.lake.tables import EVENTS, LakeTable
from orchestration.settings import Settings

NOTE_EXPORT = Path(__file__).with_name("note_export.sql").read_bytes()
COUNTS = (
    "select coalesce(sum(events), 0)::bigint, coalesce(sum(crawlers), 0)::bigint from raw.day_counts where day = $1"
)
BUILT = "select events, built_at from marts.built_days where day = $1"
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
    """A day's file as it was read back."""

    rows: int
    checksum: int
    bytes: int


@dataclass(frozen=True)
class MadeOf:
    """What a day was made of when it was read: counts of raw.day_counts, or of a mart when it was built."""

    events: int | None = None
    crawlers: int | None = None
    built_at: datetime | None = None


class BeingBuiltError(DogearError):
    """The marts of a day are being built, so that some are of before and some of after."""


def export_days(
    database_url: str,
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    days: Iterable[date],
    table: LakeTable = EVENTS,
) -> Iterator[Export]:
    """Write each of ``days`` of the table to the lake, replacing its old file; yield each when it is there.

    A day of events that has left PostgreSQL is restored first; one of a mart stays as it is in the lake. One whose
    marts are being built, or wait for it, is left for later. Raises DogearError if the lake takes no files; earlier
    days are written then. A day that cannot be written for a reason of its own is skipped, and raises at the end.
    Only one export writes at a time; another waits.
    """
    storage = open_lake(settings.lake)
    with alone_in_lake(database_url) as connection:
        check_is_the_lake(connection, storage)
        storage.remove_unfinished()
    failures: list[str] = []
    try:
        with closing(DaySource(database_url)) as source:
            for number, day in enumerate(days, 1):
                try:
                    # Others, say an erasure, get their turn between two days.
                    with alone_in_lake(database_url) as connection:
                        if table is EVENTS and days_that_left(connection, day, day):
                            recall_day(database_url, connection, engine, storage, day)
                        elif days_that_left(connection, day, day, table):
                            # It left after the caller looked: the lake has its only rows, until it is built.
                            continue
                        done = export_day(source, settings, connection, engine, storage, day, table)
                        if number % MANIFEST_EVERY == 0:
                            write_manifest(connection, settings, storage)
                    yield done
                except BeingBuiltError:
                    continue
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
    if left and not any(storage.has(EVENTS.file_of(day)) for day in left):
        raise LakeRefusesError(
            f"The lake {storage.url} does not hold {left[-1]}, which has left PostgreSQL for it. "
            "Is DOGEAR_LAKE_URL right? Where the lake was moved, move its files too."
        )


def export_day(
    source: DaySource,
    settings: Settings,
    connection: psycopg.Connection,
    engine: duckdb.DuckDBPyConnection,
    storage: LakeStorage,
    day: date,
    table: LakeTable,
) -> Export:
    """Write one day of PostgreSQL, and record it. The caller holds the lake's lock."""
    columns = columns_of(connection, table)
    file = storage.room_for_unfinished(settings.spill_folder)
    try:
        written, made_of = write_file(source, engine, columns, day, table, file)
        storage.publish(file, table.file_of(day))
    except duckdb.Error as error:
        raise DogearError(
            f"{day} of {table.name} cannot be written to the lake {storage.url}: {str(error).splitlines()[0]}"
        ) from None
    finally:
        file.unlink(missing_ok=True)
    version = schema_version(connection, columns)
    said = {**vars(written), **vars(made_of), "table": table.name, "day": day, "schema_version": version}
    connection.execute(NOTE_EXPORT, said)
    note_repaired(connection, day, table)
    connection.commit()
    return Export(day, written.rows, written.bytes)


def write_file(
    source: DaySource,
    engine: duckdb.DuckDBPyConnection,
    columns: tuple[Column, ...],
    day: date,
    table: LakeTable,
    file: Path,
) -> tuple[Written, MadeOf]:
    """Write ``file``, and read it back. One batch at a time: sorting spills to disk what does not fit in memory."""
    names = ", ".join(quoted(column.name) for column in columns)
    with source.snapshot() as cursor:
        made_of = what_it_is_made_of(cursor, day, table)
        # With parameters the driver would not use COPY; these are dates.
        cursor.execute(f"select {names} from ({table.rows_of(day)}) as day_rows")  # noqa: S608
        source_rows: Any = cursor.fetch_record_batch()
        engine.register("source_rows", source_rows)
        copied = engine.execute(
            f"copy (select {names} from source_rows order by {table.order}) "  # noqa: S608
            "to $file (format parquet, compression zstd, compression_level 9)",
            {"file": str(file)},
        ).fetchall()[0][0]
        engine.unregister("source_rows")
    rows, checksum = engine.execute(
        f"select count(*), {duckdb_checksum(columns)} from read_parquet($file, hive_partitioning = false)",  # noqa: S608
        {"file": str(file)},
    ).fetchall()[0]
    if rows != copied:
        raise DogearError(
            f"Of the {copied} rows of {day} of {table.name}, {rows} came back from the file: the disk may be damaged."
        )
    return Written(rows, int(checksum), file.stat().st_size), made_of


def what_it_is_made_of(cursor: adbc.Cursor, day: date, table: LakeTable) -> MadeOf:
    """Return it as of the cursor's snapshot. Raises BeingBuiltError."""
    if table is EVENTS:
        cursor.execute(COUNTS, [day])
        return MadeOf(*cursor.fetchall()[0])
    cursor.execute(BUILT, [day])
    built = cursor.fetchall()
    if not built:
        # It holds nothing any more, or nothing yet.
        cursor.execute(COUNTS, [day])
        built = [(-count, None) for count, _ in cursor.fetchall()]
    events, built_at = built[0]
    if events < 0:
        raise BeingBuiltError(f"The marts of {day} are being built.")
    return MadeOf(built_at=built_at)
