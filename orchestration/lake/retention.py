"""Drop old days from PostgreSQL, each only right after the lake's copy was proven equal, by count and checksum.

A day leaves as a whole: its events, its rows in the marts of detail, and those of the tables between.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb
import psycopg

from orchestration.lake.compare import compare_day
from orchestration.lake.days import LakeDay, alone_in_lake, is_changed, lake_days
from orchestration.lake.storage import LakeStorage, open_lake
from orchestration.lake.tables import EVENTS, TABLES, LakeTable
from orchestration.resources.locks import BUILD, alone
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

# Below deadlock_timeout, so that PostgreSQL never ends a reader of two of these tables; readers wait no longer for us.
LOCK_TIMEOUT = "500ms"
ATTEMPTS = 10
# The tracker retries an event for a week and then gives up; other clients have three weeks more.
LONGEST_RETRY = timedelta(days=30)
DAYS = """
    select day, sum(pg_total_relation_size(partition))::bigint
    from ops.day_partitions
    group by day
    having bool_or(of_table = 'raw.events'::regclass)
    order by day
"""
PARTITIONS = "select table_name, partition::text from ops.day_partitions where day = %s order by 1"


@dataclass(frozen=True)
class Leaving:
    """A day that is older than the retention, in raw.events and tables of detail.

    ``kept``: why it stays; None if it is or was dropped. ``rows`` is how many events the lake has of it,
    None if it has no file of them yet; ``bytes`` is the size of its partitions, with indexes.
    """

    day: date
    rows: int | None
    bytes: int
    kept: str | None


def old_days(connection: psycopg.Connection, settings: Settings, now: datetime | None = None) -> dict[date, int]:
    """Return the days of raw.events that are older than the retention, with the size of their partitions in bytes."""
    first_to_stay = (now or datetime.now(UTC)).date() - timedelta(days=settings.retention_days)
    return {day: size for day, size in connection.execute(DAYS).fetchall() if day < first_to_stay}


def what_would_leave(database_url: str, settings: Settings, now: datetime | None = None) -> list[Leaving]:
    """Return what ``let_old_days_leave`` would do, as far as is known without reading the days; change nothing."""
    with connect(database_url) as connection:
        found: list[Leaving] = []
        for day, size in old_days(connection, settings, now).items():
            noted = noted_of(connection, EVENTS, day)
            found.append(Leaving(day, noted and noted.rows, size, why_it_waits(connection, day)))
        return found


def noted_of(connection: psycopg.Connection, table: LakeTable, day: date) -> LakeDay | None:
    """Return what the lake has of a day of the table; None if it has no file of it."""
    return next(iter(lake_days(connection, day, day, table)), None)


def partitions(connection: psycopg.Connection, day: date) -> dict[str, str]:
    """Return the partitions that PostgreSQL has of a day, by the name of their table."""
    return dict(connection.execute(PARTITIONS, [day]).fetchall())


def held(connection: psycopg.Connection, day: date) -> dict[LakeTable, str]:
    """Return the tables of the lake of which PostgreSQL holds the day, raw.events first, each with its partition."""
    there = partitions(connection, day)
    return {table: there[table.name] for table in TABLES.values() if table.name in there}


def why_it_waits(connection: psycopg.Connection, day: date) -> str | None:
    """Return why the day cannot be dropped before it is exported; None if it may."""
    reasons = (why_table_waits(connection, *it, day) for it in held(connection, day).items())
    return next(filter(None, reasons), None)


def why_table_waits(connection: psycopg.Connection, table: LakeTable, partition: str, day: date) -> str | None:
    noted = noted_of(connection, table, day)
    it = "it" if table is EVENTS else f"its {table.name}"
    if noted and noted.left_at and not is_empty(connection, partition):
        return "events of it have come since it left: it is exported again first"
    if noted is None and not is_empty(connection, partition):
        return f"{it} is not in the lake yet"
    if noted and not noted.left_at and is_changed(connection, day, table):
        return f"{it} has changed since it was exported"
    return None


def let_old_days_leave(
    database_url: str, settings: Settings, engine: duckdb.DuckDBPyConnection, now: datetime | None = None
) -> Iterator[Leaving]:
    """Drop the partitions of each day that is older than the retention, once the lake is proven to have it.

    Yields each day, and the reason if it stays. After any failure a day is in PostgreSQL, or in the lake and recorded
    as such: the record and the drops are one transaction.
    """
    storage = open_lake(settings.lake)
    with connect(database_url) as connection:
        days = old_days(connection, settings, now)
    for day, size in days.items():
        # Builds read raw.events for longer than a drop should wait; between two days, others get their turn.
        with alone(database_url, BUILD), alone_in_lake(database_url) as connection:
            if EVENTS not in held(connection, day):
                # Another process has dropped it meanwhile.
                continue
            noted = noted_of(connection, EVENTS, day)
            kept = why_it_waits(connection, day) or let_leave(connection, engine, storage, day)
        yield Leaving(day, noted and noted.rows, size, kept)


def let_leave(
    connection: psycopg.Connection, engine: duckdb.DuckDBPyConnection, storage: LakeStorage, day: date
) -> str | None:
    """Prove that the lake has the day, and drop its partitions; return the reason if it stays."""
    for table in held(connection, day):
        noted = noted_of(connection, table, day)
        # What the lake has no file of is empty, and so is what has left.
        if noted is None or noted.left_at:
            continue
        compared = compare_day(connection, engine, storage, noted, table)
        if compared is None:
            return "it has changed since it was exported"
        if compared.verdict != "equal":
            return f"the lake does not hold it: {compared.reason}"
    noted = noted_of(connection, EVENTS, day)
    return leave_or_wait(connection, day, 0 if noted is None or noted.left_at else noted.rows)


def is_empty(connection: psycopg.Connection, partition: str) -> bool:
    """Return whether a partition holds no row: all were erased, or none came after it was created."""
    return not connection.execute(f"select from {partition} limit 1".encode()).rowcount


def leave_or_wait(connection: psycopg.Connection, day: date, rows: int) -> str | None:
    """Drop the partitions of a day, of which raw.events must hold so many rows; return the reason if it stays."""
    for _ in range(ATTEMPTS):
        connection.commit()
        try:
            with suppress(psycopg.errors.LockNotAvailable), connection.transaction():
                return drop_partitions(connection, day, rows)
        except psycopg.errors.DependentObjectsStillExist as error:
            return f"others have made something of its partitions: {error.diag.message_detail}"
    return "others use its tables just now; it leaves next time"


def drop_partitions(connection: psycopg.Connection, day: date, rows: int) -> str | None:
    """Drop them, inside a transaction, unless an event of the day has come since it was compared.

    Others build no marts meanwhile: the caller holds the lock of builds.
    """
    there = partitions(connection, day)
    connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'".encode())
    # Every loader locks raw.events until its transaction ends: no event can come that is not counted below.
    locked = ", ".join(f"only {table}" for table in there)
    connection.execute(f"lock table {locked} in access exclusive mode".encode())
    ((found,),) = connection.execute(f"select count(*) from {there[EVENTS.name]}".encode()).fetchall()  # noqa: S608 - PostgreSQL's own name
    if found != rows or (rows and is_changed(connection, day)):
        return "an event of it has come just now"
    connection.execute(f"drop table {', '.join(there.values())}".encode())
    connection.execute(
        "update lake.days set left_at = now() where of_table = any(%s) and day = %s and left_at is null",
        [list(there), day],
    )
    return None


def remove_old_rejected(database_url: str, settings: Settings) -> int:
    """Delete rejected events that are older; return how many."""
    with connect(database_url) as connection:
        return connection.execute(
            "delete from raw.rejected_events where rejected_at < now() - make_interval(days => %s)",
            [settings.retention_days],
        ).rowcount


def forget_corrected(database_url: str, now: datetime | None = None) -> int:
    """Forget which events had their time corrected, once nobody sends them again; return how many were forgotten."""
    with connect(database_url) as connection:
        return connection.execute(
            "delete from raw.corrected_events where noted_at < %s", [(now or datetime.now(UTC)) - LONGEST_RETRY]
        ).rowcount
