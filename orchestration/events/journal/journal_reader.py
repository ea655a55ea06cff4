"""From files of the journal to rows for ``raw.events`` and ``raw.rejected_events``."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from orchestration.events.event_fields import FIELDS
from orchestration.events.event_input import INPUT_TYPES
from orchestration.events.event_preparer import EventPreparer
from orchestration.events.journal.damage import DamagedError
from orchestration.events.journal.journal_line import Line
from orchestration.events.load_events import NEEDED

HERE = Path(__file__).parent
DAYS = "select distinct utc(occurred_at)::date as day from event_input order by day"
EVENT_VIEW = """
    create or replace temp view event_input as
    select * exclude (rejected, refused_visitor) from sent_events
"""
# The collector writes no such line; DuckDB ignores an unknown name.
NOT_WHOLE = """
    select 1
    from sent_events
    where site is null or user_code is null or received_at is null or event_type is null or occurred_at is null
    limit 1
"""


class JournalReader:
    """Reads some files of the folder ``journal`` at a time, and forgets the ones before."""

    def __init__(self, memory_limit: str, journal: Path) -> None:
        # One thread: the server and PostgreSQL need the other processors.
        self._preparer = EventPreparer(salts=None, memory_limit=memory_limit, reach=[journal], threads=1)
        self._duckdb = self._preparer.connection

    def read(self, files: Sequence[Path]) -> None:
        """Read these files. Raises duckdb.Error or DamagedError if a line is damaged."""
        source = {"files": [str(file) for file in files]}
        self._duckdb.execute(sql("read_lines").format(columns=line_columns()), source)
        if self._duckdb.execute(NOT_WHOLE).fetchone():
            raise DamagedError("a line lacks what each has: events, a site, a time")
        self._duckdb.unregister("event_input")
        self._duckdb.execute(EVENT_VIEW)

    def days(self) -> list[date]:
        """Return the UTC days on which something happened."""
        return [day for (day,) in self._duckdb.execute(DAYS).fetchall()]

    def events(self) -> pa.Table:
        """Return the rows for raw.events, without empty columns: most are empty, and each takes time."""
        here = {"source": "collector", "site": None, "user_code": None, "import_id": None, "file_id": None}
        rows = self._preparer.prepared_at_once(here).read_all()
        empty = [name for name in rows.column_names if rows[name].null_count == len(rows)]
        return rows.drop_columns([name for name in empty if name not in NEEDED])

    def rejected(self) -> pa.Table:
        """Return the rows for raw.rejected_events, always in one order, so that two loads cannot deadlock."""
        return self._duckdb.execute(sql("rejected_events")).to_arrow_table().sort_by("rejected_id")


@cache
def line_columns() -> str:
    """The fields of a line of the journal, as DuckDB reads them from JSON."""
    data = ", ".join(f"{name} {INPUT_TYPES[name]}" for name in FIELDS)
    visitor = "STRUCT(day DATE, anonymous_id VARCHAR, previous_anonymous_id VARCHAR)"
    columns = dict.fromkeys(Line.__struct_fields__, "VARCHAR") | {
        "received_at": "TIMESTAMPTZ",
        "visitors": f"{visitor}[]",
        "events": f"STRUCT(type VARCHAR, data STRUCT({data}), client_occurred_at TIMESTAMPTZ, visitor {visitor})[]",
        "rejected": "STRUCT(event_index BIGINT, reason VARCHAR, excerpt VARCHAR)[]",
    }
    return "{" + ", ".join(f"{name}: '{kind}'" for name, kind in columns.items()) + "}"


def sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text()
