"""Which tables of PostgreSQL lie in the lake, day by day: raw events, and the marts of detail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class LakeTable:
    """A table whose closed days are files of the lake.

    ``name`` has the schema. ``day_column`` holds the day of a row; None for raw.events, whose day is that of
    ``occurred_at``. ``order`` sorts a file. ``keys``: columns that a file has besides those of the table, each a whole
    number for a text, since DuckDB groups and joins numbers many times faster.
    """

    name: str
    day_column: str | None
    order: str
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def folder(self) -> str:
        """The folder of its files, in the lake."""
        return self.name.removeprefix("raw.").replace(".", "/")

    def file_of(self, day: date) -> str:
        """Return the name of a day's file, in the lake."""
        return f"{self.folder}/day={day}/{self.folder.rpartition('/')[2]}.parquet"

    def rows_of(self, day: date) -> str:
        """Return the SQL, of PostgreSQL, of a day's rows with their keys."""
        keys = "".join(f", {key_of(column)} as {key}" for key, column in self.keys.items())
        return f"select *{keys} from {self.name} where {self._on(day)}"  # noqa: S608 - names and days of our own

    def _on(self, day: date) -> str:
        if self.day_column:
            return f"{self.day_column} = '{day}'"
        return f"occurred_at >= '{day}T00:00:00Z' and occurred_at < '{day + timedelta(days=1)}T00:00:00Z'"


def key_of(column: str) -> str:
    """Return the SQL, of PostgreSQL, of the number for an id: the first 60 bits of its MD5.

    Of a hundred million ids, two have the same number with a probability of less than one in a hundred.
    """
    return f"('x' || left(md5({column}::text), 15))::bit(60)::bigint"


VISITOR = {"visitor_key": "visitor_id"}
VISITOR_AND_SESSION = {**VISITOR, "session_key": "session_id"}
EVENTS = LakeTable("raw.events", None, "user_code, occurred_at, event_id, site")
VISITOR_DAYS = LakeTable("marts.visitor_days", "day", "user_code, site, entity_type, entity_id, visitor_id", VISITOR)
MARTS = (
    LakeTable(
        "marts.analytics_sessions", "session_day", "user_code, site, first_seen, session_id", VISITOR_AND_SESSION
    ),
    LakeTable("marts.analytics_page_views", "view_day", "user_code, site, viewed_at, event_id", VISITOR_AND_SESSION),
    LakeTable("marts.analytics_clicks", "click_day", "user_code, site, clicked_at, event_id", VISITOR_AND_SESSION),
    LakeTable(
        "marts.analytics_custom_events", "event_day", "user_code, site, occurred_at, event_id", VISITOR_AND_SESSION
    ),
    VISITOR_DAYS,
)
TABLES = {table.name: table for table in (EVENTS, *MARTS)}
