"""An installation with a lake: events into PostgreSQL, days into the lake, and what readers see there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.reader import LakeReader
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

EVENTS = Path(__file__).with_name("events_of_all_kinds.sql").read_bytes()
COUNT = """
    insert into raw.day_counts (day, events, crawlers)
    select %(day)s, count(*) filter (where n %% 4 <> 0), count(*) filter (where n %% 4 = 0)
    from generate_series(%(from)s::int, %(until)s::int) as n
"""


@dataclass
class Lake:
    """A database, its settings, and its lake."""

    url: str
    settings: Settings

    def add(self, day: date, until: int = 20, since: int = 1) -> None:
        """Events number ``since`` to ``until`` of a day, as a load adds them."""
        with connect(self.url) as connection:
            connection.execute("select raw.ensure_event_partitions(%s)", [[day]])
            numbered = {"day": str(day), "from": since, "until": until}
            connection.execute(EVENTS, numbered)
            connection.execute(COUNT, numbered)

    def export(self, days: Iterable[date] | None = None) -> list[date]:
        """By default the days that need it."""
        wanted = self.changed() if days is None else days
        return [done.day for done in export_days(self.url, self.settings, open_duckdb(self.settings), wanted)]

    def changed(self) -> list[date]:
        with connect(self.url) as connection:
            return [changed.day for changed in changed_days(connection, datetime(2026, 6, 1, tzinfo=UTC))]

    def read(self, question: str) -> list[tuple[Any, ...]]:
        """By DuckDB."""
        reader = LakeReader(self.settings)
        try:
            with reader.session() as session:
                return session.execute(question).fetchall()
        finally:
            reader.close()

    def rows(self, question: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """By PostgreSQL."""
        with connect(self.url) as connection:
            cursor = connection.execute(question.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def file(self, day: date) -> Path:
        return Path(self.settings.lake) / f"events/day={day}/events.parquet"
