"""Whether the marts hold what ``raw.events`` holds, counted again from the events themselves."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from orchestration.resources.postgres import connect
from orchestration.rollups.stale_days import built_days

RECONCILE = (Path(__file__).parent / "reconcile.sql").read_bytes()
LAST_DAYS = 35


@dataclass(frozen=True)
class Difference:
    """A day and a figure, say page views: ``place`` has ``found`` of them, and raw.events ``in_raw_events``."""

    day: date
    place: str
    what: str
    in_raw_events: int
    found: int


@dataclass(frozen=True)
class Reconciliation:
    """How many days were compared, and what differs on them."""

    days: int
    differences: list[Difference]


def reconcile(database_url: str, last_days: int = LAST_DAYS) -> Reconciliation:
    """Compare the last days up to the newest that the marts hold; days that wait for a build are skipped."""
    with connect(database_url) as connection:
        built = built_days(connection)
        if not built:
            return Reconciliation(0, [])
        last = max(built)
        window = {"first": last - timedelta(days=last_days - 1), "last": last}
        rows = connection.execute(RECONCILE, window).fetchall()
    return Reconciliation(rows[0][0], [Difference(*row) for _, *row in rows if row[0] is not None])
