"""Read rows of the old table ``analytics_events`` like a file of events, with another mapping."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from orchestration.days import EARLIEST
from orchestration.events.addresses import ANY_ADDRESS
from orchestration.events.event import MOST_AHEAD
from orchestration.events.event_input import EVENT_INPUT
from orchestration.events.event_preparer import Salts, sql
from orchestration.events.legacy.legacy_dump import DumpLines
from orchestration.events.legacy.legacy_fields import legacy_fields, typed_fields
from orchestration.events.logs.file_reader import ADDRESS_OR_ITS_START, FileReader
from orchestration.events.logs.log_lines import LineChunk

LEGACY_ROWS = pa.schema(
    [("line_number", pa.int64())]
    + [(name, pa.string()) for name in ("row_id", "event_type", "event_data", "created_at", "problem")]
)


class LegacyReader(FileReader):
    """Reads rows of the old table, or lines of a dump of it.

    ``owner``: take only events whose ``event_data`` has this ``user_code``; the others are skipped.
    """

    def __init__(self, site: str, salts: Salts, spill: Path, memory_limit: str, *, owner: str | None = None) -> None:
        super().__init__(site, "legacy", salts, spill, memory_limit)
        self._owner = owner
        self.damages = 0
        self._duckdb.execute(sql("legacy/legacy_macros"))
        self._duckdb.execute(typed_fields())
        self._duckdb.register("legacy_fields", legacy_fields())
        self._duckdb.execute(sql("legacy/legacy_names"))
        self._duckdb.execute("create table owners (owner text unique)")

    def read_lines(self, lines: DumpLines) -> None:
        """Read lines of a dump; empty ones are not rows."""
        self._duckdb.register(
            "lines", pa.table({"line_number": lines.numbers, "line": pa.array(lines.lines, pa.string())})
        )
        places = range(1, len(lines.columns) + 1)
        self._duckdb.register("columns", pa.table({"name": pa.array(lines.columns, pa.string()), "place": places}))
        rows = self._duckdb.execute(sql(f"legacy/legacy_{lines.layout}")).to_arrow_table()
        self.read_rows(rows.select(LEGACY_ROWS.names).cast(LEGACY_ROWS))

    def read_damage(self, chunk: LineChunk) -> None:
        """Record where the dump ends too early, if it does."""
        self.damages += chunk.damage is not None
        self._note_damage(chunk)

    def read_rows(self, rows: pa.Table) -> None:
        """Read rows of LEGACY_ROWS."""
        self.lines_read += rows.num_rows
        self._duckdb.register("legacy_rows", rows.append_column("ordinal", pa.array(range(rows.num_rows), pa.int64())))
        limits = {"earliest": EARLIEST, "latest": datetime.now(UTC) + MOST_AHEAD}
        self._duckdb.execute(
            sql("legacy/map_legacy"), {**limits, "site": self.site, "address": f"(?:{ANY_ADDRESS.pattern})"}
        )
        self._duckdb.execute("insert or ignore into owners select distinct owner from mapped where owner is not null")
        if self._owner is not None:
            others = "delete from mapped where problem is null and owner is distinct from $owner"
            self.lines_passed_over += self._duckdb.execute(others, {"owner": self._owner}).fetchall()[0][0]
        self._duckdb.register("no_events", EVENT_INPUT.empty_table())
        self._duckdb.unregister("event_input")
        self._duckdb.execute(
            "create or replace temp view event_input as select * exclude (line, problem, owner) from mapped "
            "where problem is null union all by name from no_events"
        )
        self._duckdb.execute(
            "insert into rejected by name select line_number, problem as reason, "
            "regexp_replace(line, $address, '[client]', 'g') as line from mapped where problem is not null",
            {"address": ADDRESS_OR_ITS_START},
        )
        self._prepare()

    def owners(self) -> list[str]:
        """Return the owners of the events, by the ``user_code`` in ``event_data``."""
        return self._preparer.column("select owner from owners order by owner")
