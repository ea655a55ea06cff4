"""What visitors did on days that have left PostgreSQL, for the mart that has all of their visits in one row."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import DogearError
from orchestration.lake.days import days_that_left
from orchestration.lake.tables import VISITOR_DAYS
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

if TYPE_CHECKING:
    import psycopg

SUMS = Path(__file__).with_name("left_visits.sql").read_text()
# A visitor who did not come since has left with the days.
KNOWN = "select distinct user_code, site, entity_type, entity_id, visitor_id from marts.visitor_days"


def sum_up_left_visits(database_url: str, settings: Settings) -> int:
    """Fill ``lake.left_visits`` from the lake; return how many rows it has.

    The caller holds the lock of builds, so that no day leaves or comes back meanwhile. Raises DogearError if the lake
    does not answer, or a file is damaged; the old rows stay then.
    """
    with connect(database_url) as connection:
        left = days_that_left(connection, date.min, date.max, VISITOR_DAYS)
        if not left:
            connection.execute("delete from lake.left_visits")
            return 0
        rows = rows_of_days(connection, settings, left)
    # Few runs come here, and these take half a second to import.
    import duckdb

    from orchestration.resources.bulk_load import load_rows
    from orchestration.resources.duckdb_engine import open_duckdb
    from orchestration.resources.server import Server

    with open_duckdb(settings) as engine, Server.of(database_url).adbc() as target, target.cursor() as cursor:
        cursor.execute(KNOWN)
        known: Any = cursor.fetch_record_batch()
        engine.register("rows_of_known", known)
        engine.execute("create temporary table known as select * from rows_of_known")
        engine.unregister("rows_of_known")
        try:
            engine.execute(f"create temporary view left_days as {rows}")
            sums = engine.execute(SUMS).to_arrow_table()
        except duckdb.Error as error:
            raise DogearError(
                f"The visits of days that have left PostgreSQL cannot be read from the lake: "
                f"{str(error).splitlines()[0]} Which file is damaged says: dogear lake check"
            ) from None
        cursor.execute("delete from lake.left_visits")
        written = load_rows(target, "lake.left_visits", sums)
        target.commit()
    return written


def rows_of_days(connection: "psycopg.Connection", settings: Settings, days: Collection[date]) -> str:
    """Return the SQL, of DuckDB, of the lake's visitor days on these days."""
    from orchestration.lake.manifest import known_manifest
    from orchestration.lake.reader import rows_of_lake
    from orchestration.lake.storage import open_lake

    wanted, manifest = set(days), known_manifest(connection)
    manifest.marts[VISITOR_DAYS.name] = [day for day in manifest.days_of(VISITOR_DAYS) if day.day in wanted]
    return rows_of_lake(manifest, open_lake(settings.lake), VISITOR_DAYS)
