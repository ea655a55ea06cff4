"""PostgreSQL's record of what is in the lake: ``lake.days``, one row per day."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from orchestration.lake.columns import Column
from orchestration.resources.locks import LAKE, alone
from orchestration.resources.postgres import connect

CHANGED_DAYS = Path(__file__).with_name("changed_days.sql").read_bytes()
# Most late events come soon after midnight: without a pause, the file would be written twice.
CLOSED_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class ChangedDay:
    """A closed day that must be exported: how many events raw.day_counts has of it, and whether it left PostgreSQL."""

    day: date
    events: int
    crawlers: int
    why: str
    has_left: bool


@dataclass(frozen=True)
class LakeDay:
    """A day in the lake: what its file holds, and when it left PostgreSQL (None: it is still there)."""

    day: date
    rows: int
    checksum: int
    bytes: int
    schema_version: int
    exported_at: datetime
    left_at: datetime | None


@contextmanager
def alone_in_lake(database_url: str) -> Generator[psycopg.Connection]:
    """Hold the lake's lock until the block ends: nobody else writes to the lake, drops a day or restores one.

    Yields a connection to work with.
    """
    with alone(database_url, LAKE), connect(database_url) as connection:
        yield connection


def changed_days(connection: psycopg.Connection, now: datetime | None = None) -> list[ChangedDay]:
    """Return every closed day that must be exported, oldest first."""
    last_closed = ((now or datetime.now(UTC)) - CLOSED_AFTER).date() - timedelta(days=1)
    return changed_within(connection, date.min, last_closed)


def is_changed(connection: psycopg.Connection, day: date) -> bool:
    """Return whether the lake lacks the day's current events, or the day is marked to be rewritten."""
    return bool(changed_within(connection, day, day))


def changed_within(connection: psycopg.Connection, first: date, last: date) -> list[ChangedDay]:
    """Return those of these days that must be exported."""
    return [ChangedDay(*row) for row in connection.execute(CHANGED_DAYS, {"first": first, "last": last})]


def lake_days(connection: psycopg.Connection, first: date | None = None, last: date | None = None) -> list[LakeDay]:
    """Return the days in the lake, of all or of these, oldest first."""
    rows = connection.execute(
        "select day, rows, checksum, bytes, schema_version, exported_at, left_at from lake.days "
        "where day >= coalesce(%s, day) and day <= coalesce(%s, day) order by day",
        [first, last],
    )
    return [LakeDay(day, count, int(checksum), *rest) for day, count, checksum, *rest in rows]


def days_that_left(connection: psycopg.Connection, first: date, last: date) -> list[date]:
    """Return those of these days whose rows only the lake holds."""
    return [day.day for day in lake_days(connection, first, last) if day.left_at]


def schema_version(connection: psycopg.Connection, columns: tuple[Column, ...]) -> int:
    """Return the number of this set of columns; a new one if no day was written with it."""
    said = json.dumps([[column.name, column.type] for column in columns])
    connection.execute("insert into lake.schemas (columns) values (%s::jsonb) on conflict do nothing", [said])
    question = "select schema_version from lake.schemas where columns = %s::jsonb"
    return int(connection.execute(question, [said]).fetchall()[0][0])


def schemas(connection: psycopg.Connection) -> dict[int, tuple[Column, ...]]:
    """Return the columns of each version."""
    rows = connection.execute("select schema_version, columns from lake.schemas").fetchall()
    return {version: tuple(Column(*column) for column in columns) for version, columns in rows}


def note_repaired(connection: psycopg.Connection, day: date) -> None:
    """Record that the day's file is sound again: it was rewritten, or somebody has restored it."""
    connection.execute(
        "update lake.checks set repaired_at = now() where day = %s and verdict <> 'equal' and repaired_at is null",
        [day],
    )


def export_again(connection: psycopg.Connection, days: list[date], why: str) -> None:
    """Let these days be written again, if the lake has them."""
    connection.execute("update lake.days set export_again = %s where day = any(%s)", [why, days])
