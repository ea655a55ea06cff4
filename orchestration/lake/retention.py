"""Drop old days from PostgreSQL, each only right after the lake's copy was proven equal, by count and checksum."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb
import psycopg
from psycopg import sql

from orchestration.lake.compare import compare_day
from orchestration.lake.days import LakeDay, alone_in_lake, is_changed, lake_days
from orchestration.lake.storage import LakeStorage, open_lake
from orchestration.resources.locks import BUILD, alone
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

LOCK_TIMEOUT = "5s"
# The tracker retries an event for a week and then gives up; other clients have three weeks more.
LONGEST_RETRY = timedelta(days=30)
PARTITIONS = """
    select
        to_date(right(partition.relname, 8), 'YYYYMMDD') as day,
        pg_total_relation_size(partition.oid) as bytes
    from pg_inherits
    inner join pg_class as partition on inhrelid = partition.oid
    where inhparent = 'raw.events'::regclass
    order by day
"""


@dataclass(frozen=True)
class Leaving:
    """A day of raw.events that is older than the retention. ``kept``: why it stays; None if it is or was dropped.

    ``rows`` is None if the lake does not have the day yet; ``bytes`` is the size of its partition, with indexes.
    """

    day: date
    rows: int | None
    bytes: int
    kept: str | None


def old_days(connection: psycopg.Connection, settings: Settings, now: datetime | None = None) -> dict[date, int]:
    """Return the days of raw.events that are older than the retention, with the size of their partition in bytes."""
    first_to_stay = (now or datetime.now(UTC)).date() - timedelta(days=settings.retention_days)
    return {day: size for day, size in connection.execute(PARTITIONS).fetchall() if day < first_to_stay}


def what_would_leave(database_url: str, settings: Settings, now: datetime | None = None) -> list[Leaving]:
    """Return what ``let_old_days_leave`` would do, as far as is known without reading the days; change nothing."""
    with connect(database_url) as connection:
        noted = {day.day: day for day in lake_days(connection)}
        return [
            Leaving(day, noted[day].rows if day in noted else None, size, why_it_waits(connection, noted.get(day), day))
            for day, size in old_days(connection, settings, now).items()
        ]


def why_it_waits(connection: psycopg.Connection, noted: LakeDay | None, day: date) -> str | None:
    """Return why the day cannot be dropped before it is exported; None if it may."""
    if noted is None:
        return "it is not in the lake yet"
    if noted.left_at:
        return "events of it have come since it left: it is exported again first"
    return "it has changed since it was exported" if is_changed(connection, day) else None


def let_old_days_leave(
    database_url: str, settings: Settings, engine: duckdb.DuckDBPyConnection, now: datetime | None = None
) -> Iterator[Leaving]:
    """Drop the partition of each day that is older than the retention, once the lake is proven to have it.

    Yields each day, and the reason if it stays. After any failure a day is in PostgreSQL, or in the lake and recorded
    as such: the record and the drop are one transaction.
    """
    storage = open_lake(settings.lake)
    with connect(database_url) as connection:
        days = old_days(connection, settings, now)
    for day, size in days.items():
        # Builds read raw.events for longer than a drop should wait; between two days, others get their turn.
        with alone(database_url, BUILD), alone_in_lake(database_url) as connection:
            noted = next(iter(lake_days(connection, day, day)), None)
            kept = why_it_waits(connection, noted, day)
            if noted and not kept:
                kept = let_leave(connection, engine, storage, noted)
            # If all events of a day were erased, its file must be rewritten without them first.
            elif (noted is None or noted.left_at) and is_empty(connection, day):
                kept = leave_or_wait(connection, day, 0)
        yield Leaving(day, noted and noted.rows, size, kept)


def let_leave(
    connection: psycopg.Connection, engine: duckdb.DuckDBPyConnection, storage: LakeStorage, noted: LakeDay
) -> str | None:
    """Prove that the lake has the day, and drop its partition; return the reason if it stays."""
    compared = compare_day(connection, engine, storage, noted)
    if compared is None:
        return "it has changed since it was exported"
    if compared.verdict != "equal":
        return f"the lake does not hold it: {compared.reason}"
    return leave_or_wait(connection, noted.day, noted.rows)


def is_empty(connection: psycopg.Connection, day: date) -> bool:
    """Return whether a partition holds no row: all were erased, or none came after it was created."""
    there = sql.SQL("select from {} limit 1").format(partition(day))
    return not connection.execute(there).rowcount


def leave_or_wait(connection: psycopg.Connection, day: date, rows: int) -> str | None:
    """Drop the partition of a day, which must hold so many rows; return the reason if it stays."""
    connection.commit()
    try:
        with connection.transaction():
            return drop_partition(connection, day, rows)
    except psycopg.errors.LockNotAvailable:
        return "others use raw.events just now; it leaves next time"


def drop_partition(connection: psycopg.Connection, day: date, rows: int) -> str | None:
    """Drop it, inside a transaction, unless an event of the day has come since it was compared."""
    connection.execute(sql.SQL("set local lock_timeout = {}").format(LOCK_TIMEOUT))
    # Every loader locks raw.events until its transaction ends: no event can come that is not counted below.
    connection.execute("lock table only raw.events in access exclusive mode")
    ((there,),) = connection.execute(sql.SQL("select count(*) from {}").format(partition(day))).fetchall()
    if there != rows or (rows and is_changed(connection, day)):
        return "an event of it has come just now"
    connection.execute(sql.SQL("alter table raw.events detach partition {}").format(partition(day)))
    connection.execute(sql.SQL("drop table {}").format(partition(day)))
    connection.execute(
        "update lake.days set left_at = now() where of_table = 'raw.events' and day = %s and left_at is null", [day]
    )
    return None


def partition(day: date) -> sql.Identifier:
    return sql.Identifier("raw", f"events_{day:%Y%m%d}")


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
