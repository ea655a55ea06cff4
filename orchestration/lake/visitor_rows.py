"""Which days of the lake hold events of a visitor."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb

from orchestration.errors import DogearError
from orchestration.lake.manifest import read_manifest
from orchestration.lake.reader import LakeReader
from orchestration.lake.storage import open_lake
from orchestration.settings import Settings

VISITOR_ROWS = Path(__file__).with_name("visitor_rows.sql").read_text()


@dataclass(frozen=True)
class VisitorDay:
    """A UTC day, how many rows of it in the lake are the visitor's, and whether marts know of them."""

    day: date
    rows: int
    in_marts: bool


def visitor_days(settings: Settings, visitor_id: str, uuid: UUID | None, site: str | None) -> list[VisitorDay]:
    """Every day, by reading these columns of the whole lake; ``site`` None is every site.

    Raises DogearError where the lake does not answer, or a file is damaged.
    """
    if not read_manifest(open_lake(settings.lake)).days:
        return []
    reader = LakeReader(settings)
    try:
        with reader.session() as session:
            said = {"id": visitor_id, "uuid": uuid and str(uuid), "site": site}
            return [VisitorDay(*row) for row in session.execute(VISITOR_ROWS, said).fetchall()]
    except duckdb.Error as error:
        raise DogearError(
            f"The lake cannot be searched for the visitor: {str(error).splitlines()[0]} Nothing was erased. "
            "Which file is damaged says: dogear lake check"
        ) from None
    finally:
        reader.close()
