"""Does the lake hold what PostgreSQL holds? Each engine counts a day's rows, and computes their checksum, by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb
import psycopg

from orchestration.errors import DogearError
from orchestration.lake.columns import Column, columns_of, duckdb_checksum, postgres_checksum, read_as
from orchestration.lake.days import (
    LakeDay,
    alone_in_lake,
    build_again,
    export_again,
    is_changed,
    lake_days,
    note_repaired,
    schemas,
)
from orchestration.lake.storage import MANIFEST, LakeStorage, open_lake
from orchestration.lake.tables import EVENTS, LakeTable
from orchestration.resources.postgres import connect
from orchestration.resources.storage_urls import reason
from orchestration.settings import Settings

# DuckDB's message, as a RuntimeError, after Ctrl-C.
INTERRUPTED = "Query interrupted"
Verdict = Literal["equal", "unequal", "unreadable"]
# What makes a damaged day whole again: another export where PostgreSQL holds it; of a mart's day that has left, a build
# of its events; of events that have left, a backup.
WayOut = Literal["export", "build", "backup"]
NOTE = """
    insert into lake.checks (
        of_table, day, verdict, postgres_rows, postgres_checksum, lake_rows, lake_checksum, reason
    ) values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Rows:
    """How many rows an engine has of a day, and their checksum; None, and the reason, if it cannot read them."""

    rows: int | None
    checksum: int | None
    reason: str | None = None


@dataclass(frozen=True)
class Comparison:
    """A day in both. ``expected`` is what PostgreSQL holds, or for a day that has left it, what was written."""

    day: date
    verdict: Verdict
    expected: Rows
    found: Rows
    reason: str | None
    has_left: bool
    way_out: WayOut


def compare_days(
    database_url: str,
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    days: Iterable[date] | None = None,
    table: LakeTable = EVENTS,
) -> Iterator[Comparison]:
    """Compare each of ``days`` of a table in the lake (default: all) by reading it whole; yield and record the outcome.

    An unequal or unreadable day is marked for another export if PostgreSQL still holds it, and where a mart's day has
    left it, to be built. Days that have
    changed since the export wait for the next one and are skipped. Raises DogearError if the lake
    does not answer at all.
    """
    storage = open_lake(settings.lake)
    with connect(database_url) as connection:
        there = [noted.day for noted in lake_days(connection, table=table)]
    for day in there if days is None else sorted(set(days).intersection(there)):
        # Others, say an erasure, get their turn between two days.
        with alone_in_lake(database_url) as connection:
            noted_days = lake_days(connection, day, day, table)
            found = [compare_day(connection, engine, storage, noted, table) for noted in noted_days]
        yield from filter(None, found)


def compare_day(
    connection: psycopg.Connection,
    engine: duckdb.DuckDBPyConnection,
    storage: LakeStorage,
    noted: LakeDay,
    table: LakeTable = EVENTS,
) -> Comparison | None:
    """Compare one day and record the outcome; None if it waits for an export. The caller holds the lake's lock.

    Ends the connection's transaction, and commits one of its own.
    """
    connection.commit()
    # Counts and rows must be of one moment: an event in between would look like damage.
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            return compare_at_one_moment(connection, engine, storage, noted, table)
    finally:
        connection.isolation_level = None


def compare_at_one_moment(
    connection: psycopg.Connection,
    engine: duckdb.DuckDBPyConnection,
    storage: LakeStorage,
    noted: LakeDay,
    table: LakeTable,
) -> Comparison | None:
    if noted.left_at is None and is_changed(connection, noted.day, table):
        return None
    written_with = schemas(connection)[noted.schema_version]
    if noted.left_at:
        expected, columns = Rows(noted.rows, noted.checksum), written_with
    else:
        columns = columns_of(connection, table)
        expected = rows_in_postgres(connection, columns, noted.day, table)
    found = read_day(engine, storage, table, columns, noted.day, written_with)
    verdict, why = judge(expected, found)
    counted = [expected.rows, expected.checksum, found.rows, found.checksum]
    connection.execute(NOTE, [table.name, noted.day, verdict, *counted, why])
    way_out = "export" if not noted.left_at else "backup" if table is EVENTS else "build"
    if verdict == "equal":
        note_repaired(connection, noted.day, table)
    elif way_out == "export":
        export_again(connection, [noted.day], f"found {verdict}", table)
    elif way_out == "build":
        build_again(connection, [noted.day])
    return Comparison(noted.day, verdict, expected, found, why, noted.left_at is not None, way_out)


def judge(expected: Rows, found: Rows) -> tuple[Verdict, str | None]:
    """Return the verdict and its reason, for a person."""
    if found.rows is None:
        return "unreadable", found.reason
    if found.rows != expected.rows:
        return "unequal", f"{found.rows} rows in the lake, {expected.rows} were expected"
    if found.checksum != expected.checksum:
        return "unequal", f"as many rows ({found.rows}), but not the same"
    return "equal", None


def rows_in_postgres(connection: psycopg.Connection, columns: tuple[Column, ...], day: date, table: LakeTable) -> Rows:
    """Return what the table holds of the day."""
    rows_of_day = f"({table.rows_of(day)}) as day_rows"
    question = f"select count(*), {postgres_checksum(columns)} from {rows_of_day}"  # noqa: S608 - the columns are PostgreSQL's own
    ((rows, checksum),) = connection.execute(question.encode()).fetchall()
    return Rows(rows, int(checksum))


def read_day(
    engine: duckdb.DuckDBPyConnection,
    storage: LakeStorage,
    table: LakeTable,
    columns: tuple[Column, ...],
    day: date,
    written_with: tuple[Column, ...],
) -> Rows:
    """Return what the file of the day holds, read whole. ``columns`` that it was written without are NULL in it."""
    rows_of_file = f"select {read_as(columns, written_with)} from read_parquet($file, hive_partitioning = false)"  # noqa: S608
    question = f"select count(*), {duckdb_checksum(columns)} from ({rows_of_file})"  # noqa: S608
    try:
        ((rows, checksum),) = engine.execute(question, {"file": storage.place(table.file_of(day))}).fetchall()
    except duckdb.OutOfMemoryException as error:
        raise DogearError(
            f"{day} cannot be compared: {str(error).splitlines()[0]} See DOGEAR_DUCKDB_MEMORY_LIMIT."
        ) from None
    except Exception as error:  # DuckDB's own, and those of what reaches the lake.
        if INTERRUPTED in str(error):
            raise KeyboardInterrupt from None
        # If the lake as a whole does not answer, nothing is known of the day.
        storage.read(MANIFEST)
        return Rows(None, None, reason(error).partition(" LINE 1:")[0])
    return Rows(rows, int(checksum))
