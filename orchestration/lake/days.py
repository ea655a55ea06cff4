"""PostgreSQL's record of what is in the lake: ``lake.days``, one row per table and day."""

import json
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from orchestration.lake.columns import Column
from orchestration.lake.tables import EVENTS, LakeTable
from orchestration.resources.locks import LAKE, alone
from orchestration.resources.postgres import connect

CHANGED_DAYS = Path(__file__).with_name("changed_days.sql").read_bytes()
CHANGED_MART_DAYS = Path(__file__).with_name("changed_mart_days.sql").read_bytes()
# marts.built_days.events of a day that must be built, with the days that its sessions reach.
NOT_BUILT = -1
# Most late events come soon after midnight: without a pause, the file would be written twice.
CLOSED_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class ChangedDay:
    """A closed day that must be exported, of what it is made now, and whether it was marked to be written again.

    ``made_of``: of raw.events how many events and crawlers raw.day_counts has of it, and whether it left PostgreSQL; of
    a mart when it was built. ``is_unbuilt``: its marts are being built, or wait for it.
    """

    day: date
    made_of: tuple[object, ...]
    why: str
    is_unbuilt: bool


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


def changed_days(
    connection: psycopg.Connection, now: datetime | None = None, table: LakeTable = EVENTS
) -> list[ChangedDay]:
    """Return every closed day of the table that must be exported, oldest first. One that is being built waits."""
    last_closed = ((now or datetime.now(UTC)) - CLOSED_AFTER).date() - timedelta(days=1)
    return [day for day in changed_within(connection, date.min, last_closed, table) if not day.is_unbuilt]


def is_changed(connection: psycopg.Connection, day: date, table: LakeTable = EVENTS) -> bool:
    """Return whether the lake lacks the day's current rows, or the day is marked to be rewritten, or to be built."""
    return bool(changed_within(connection, day, day, table))


def changed_within(connection: psycopg.Connection, first: date, last: date, table: LakeTable) -> list[ChangedDay]:
    """Return those of these days whose file is not, or will not be, what PostgreSQL holds."""
    said = {"first": first, "last": last, "table": table.name}
    if table is EVENTS:
        rows = connection.execute(CHANGED_DAYS, said)
        return [ChangedDay(day, (events, crawlers, left), why, False) for day, events, crawlers, why, left in rows]
    if not is_there(connection, table.name) or not is_there(connection, "marts.built_days"):
        return [ChangedDay(known.day, (), "", True) for known in lake_days(connection, first, last, table)]
    rows = connection.execute(CHANGED_MART_DAYS, said)
    return [ChangedDay(day, (built_at,), why, is_unbuilt) for day, built_at, why, is_unbuilt in rows]


def is_there(connection: psycopg.Connection, table: str) -> bool:
    """Return whether there is a table; marts come with the first build, and some go with an update."""
    return connection.execute("select where to_regclass(%s) is not null", [table]).rowcount == 1


def lake_days(
    connection: psycopg.Connection, first: date | None = None, last: date | None = None, table: LakeTable = EVENTS
) -> list[LakeDay]:
    """Return the days of the table in the lake, of all or of these, oldest first."""
    rows = connection.execute(
        "select day, rows, checksum, bytes, schema_version, exported_at, left_at from lake.days "
        "where of_table = %s and day >= coalesce(%s, day) and day <= coalesce(%s, day) order by day",
        [table.name, first, last],
    )
    return [LakeDay(day, count, int(checksum), *rest) for day, count, checksum, *rest in rows]


def days_that_left(connection: psycopg.Connection, first: date, last: date, table: LakeTable = EVENTS) -> list[date]:
    """Return those of these days whose rows of the table only the lake holds."""
    return [day.day for day in lake_days(connection, first, last, table) if day.left_at]


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


def note_repaired(connection: psycopg.Connection, day: date, table: LakeTable = EVENTS) -> None:
    """Record that the day's file is sound again: it was rewritten, or somebody has restored it."""
    connection.execute(
        "update lake.checks set repaired_at = now() "
        "where of_table = %s and day = %s and verdict <> 'equal' and repaired_at is null",
        [table.name, day],
    )


def export_again(connection: psycopg.Connection, days: list[date], why: str, table: LakeTable = EVENTS) -> None:
    """Let these days be written again, if the lake has them."""
    connection.execute(
        "update lake.days set export_again = %s where of_table = %s and day = any(%s)", [why, table.name, days]
    )


def build_again(connection: psycopg.Connection, days: Collection[date]) -> None:
    """Mark ``days`` as not built, so that the next build builds them, even those that have no event left.

    Where there are no marts, the next build builds all days anyway.
    """
    if not is_there(connection, "marts.built_days"):
        return
    connection.execute("delete from marts.built_days where day = any(%s)", [sorted(days)])
    connection.execute(
        "insert into marts.built_days (day, events, rules, built_at) select unnest(%s::date[]), %s, '', now()",
        [sorted(days), NOT_BUILT],
    )
