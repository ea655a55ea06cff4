"""Restore days that have left PostgreSQL from the lake, so that their marts are built like those of any other day."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

import psycopg

from orchestration.errors import DogearError
from orchestration.lake.columns import quoted
from orchestration.lake.days import alone_in_lake, days_that_left, lake_days, schemas
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from orchestration.lake.storage import LakeStorage

# An event that was sent again after its day had left was counted again; now it is recognised as the same.
COUNT_ANEW = """
    insert into raw.day_counts (day, events, crawlers)
    select
        $1,
        count(*) filter (where not is_bot) - (select coalesce(sum(events), 0) from raw.day_counts where day = $1),
        count(*) filter (where is_bot) - (select coalesce(sum(crawlers), 0) from raw.day_counts where day = $1)
    from raw.events
    where
        occurred_at >= $1::date::timestamp at time zone 'UTC'
        and occurred_at < ($1::date + 1)::timestamp at time zone 'UTC'
"""


def recall(database_url: str, settings: Settings, days: Iterable[date]) -> list[date]:
    """Restore those of ``days`` that have left; return them. Retention drops them again.

    Raises DogearError if the lake does not return a whole day; PostgreSQL stays as it is then.
    """
    wanted = set(days)
    with connect(database_url) as connection:
        if not wanted.intersection(days_that_left(connection, min(wanted), max(wanted))):
            return []
    with alone_in_lake(database_url) as connection:
        return bring_back(database_url, settings, connection, wanted)


def bring_back(
    database_url: str, settings: Settings, connection: psycopg.Connection, days: Collection[date]
) -> list[date]:
    """Do the same as ``recall``, for a caller that holds the lake's lock."""
    gone = [day for day in days_that_left(connection, min(days), max(days)) if day in days] if days else []
    if not gone:
        return []
    # Few builds come here, and the modules that reach the lake take half a second to import.
    from orchestration.lake.storage import open_lake
    from orchestration.resources.duckdb_engine import open_duckdb

    storage = open_lake(settings.lake)
    with open_duckdb(settings) as engine:
        for day in gone:
            recall_day(database_url, connection, engine, storage, day)
    return gone


def recall_day(
    database_url: str,
    connection: psycopg.Connection,
    engine: "duckdb.DuckDBPyConnection",
    storage: "LakeStorage",
    day: date,
) -> None:
    """Restore one day, beside its late events. The caller holds the lake's lock."""
    from orchestration.lake.compare import read_day
    from orchestration.lake.tables import EVENTS
    from orchestration.resources.bulk_load import load_rows
    from orchestration.resources.server import Server

    (noted,) = lake_days(connection, day, day)
    columns = schemas(connection)[noted.schema_version]
    found = read_day(engine, storage, EVENTS, columns, day, columns)
    if (found.rows, found.checksum) != (noted.rows, noted.checksum):
        raise DogearError(
            f"{storage.place(EVENTS.file_of(day))} does not hold what was written to it "
            f"({found.reason or 'other rows'}), and {day} has left PostgreSQL: restore the file from a backup. "
            f"See: dogear lake check --from {day}"
        )
    # PostgreSQL casts texts to these types when it copies them from the staging table.
    names = [
        f"{quoted(c.name)}::varchar as {quoted(c.name)}" if c.type in {"uuid", "jsonb"} else quoted(c.name)
        for c in columns
    ]
    rows = engine.execute(
        f"select {', '.join(names)} from read_parquet($file, hive_partitioning = false)",  # noqa: S608
        {"file": storage.place(EVENTS.file_of(day))},
    ).to_arrow_reader()
    connection.execute("select raw.ensure_event_partitions(%s)", [[day]])
    connection.commit()
    # One transaction: a day is in PostgreSQL as a whole, with its count, or it is not.
    with Server.of(database_url).adbc() as target, target.cursor() as cursor:
        load_rows(target, "raw.events", rows, on_conflict="nothing")
        cursor.execute(COUNT_ANEW, [day])
        cursor.execute("update lake.days set left_at = null where of_table = 'raw.events' and day = $1", [day])
        target.commit()
    connection.execute("select raw.analyze_event_partitions(%s)", [[day]])
    connection.commit()
