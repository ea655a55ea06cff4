"""Which days of the lake hold a visitor: in events, or in marts of detail."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb
import psycopg

from orchestration.errors import DogearError
from orchestration.lake.manifest import Manifest, known_manifest
from orchestration.lake.reader import rows_of_lake
from orchestration.lake.storage import LakeStorage, open_lake
from orchestration.lake.tables import MARTS
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings

VISITOR_ROWS = Path(__file__).with_name("visitor_rows.sql").read_text()


@dataclass(frozen=True)
class VisitorDay:
    """A UTC day, how many of its events in the lake are the visitor's, and whether its marts name the visitor."""

    day: date
    events: int
    in_marts: bool


def visitor_days(
    connection: psycopg.Connection, settings: Settings, visitor_id: str, uuid: UUID | None, site: str | None
) -> list[VisitorDay]:
    """Return every day with rows of the visitor, from all files that PostgreSQL has recorded, on ``site`` or any.

    Raises DogearError if the lake does not answer, or a file is damaged or not there.
    """
    manifest = known_manifest(connection)
    if not manifest.days:
        return []
    storage = open_lake(settings.lake)
    said = {"id": visitor_id, "uuid": uuid and str(uuid), "site": site}
    try:
        with open_duckdb(settings) as engine:
            engine.execute("create schema raw")
            engine.execute(f"create view raw.events as {rows_of_lake(manifest, storage)}")
            engine.execute(f"create view detail as {rows_of_detail(manifest, storage)}")
            return [VisitorDay(*row) for row in engine.execute(VISITOR_ROWS, said).fetchall()]
    except duckdb.Error as error:
        raise DogearError(
            f"The lake cannot be searched for the visitor: {str(error).splitlines()[0]} Nothing was erased. "
            "Which file is damaged says: dogear lake check"
        ) from None


def rows_of_detail(manifest: Manifest, storage: LakeStorage) -> str:
    """Return the SQL of who is in the lake's marts of detail, and when."""
    nobody = "select null::date as day, null::varchar as site, null::varchar as visitor_id, null::varchar as account_id"
    found = [
        f"select {table.day_column}, site, visitor_id, account_id from ({rows_of_lake(manifest, storage, table)})"  # noqa: S608 - our own
        for table in MARTS
        if manifest.days_of(table)
    ]
    return " union all ".join([f"{nobody} where false", *found])
