"""Read one file of visits into rows for ``raw.events`` and ``raw.rejected_events``, inside a private DuckDB.

Nothing here writes to disk in the clear: DuckDB keeps its tables in memory and encrypts what it has to spill.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import duckdb
import pyarrow as pa

from orchestration.events.crawlers import CrawlerList
from orchestration.events.event import EARLIEST, MOST_AHEAD
from orchestration.events.event_input import EVENT_INPUT, REJECTED
from orchestration.events.log_lines import LineChunk
from orchestration.events.ndjson import read_events

HERE = Path(__file__).parent
FileFormat = Literal["access_log", "ndjson"]
Salts = Callable[[Collection[date]], dict[date, bytes]]


class FileReader:
    """Reads the chunks of one file, then gives out its events and its rejected lines as Arrow."""

    def __init__(self, site: str, file_format: FileFormat, salts: Salts, spill: Path, memory_limit: str) -> None:
        self.site = site
        self.format: FileFormat = file_format
        self.lines_read = 0
        self.lines_passed_over = 0
        self._salts = salts
        self._crawlers = CrawlerList()
        self._duckdb = duckdb.connect(
            config={"memory_limit": memory_limit, "temp_directory": str(spill), "temp_file_encryption": True}
        )
        self._duckdb.execute("set timezone = 'UTC'")
        self._duckdb.execute(sql("duckdb_macros"))
        self._duckdb.register("event_input", EVENT_INPUT.empty_table())
        self._register_lookups()
        self._duckdb.execute(f"create table prepared as {sql('prepare_events')}", {"site": site})
        self._duckdb.register("rejected_chunk", REJECTED.empty_table())
        self._duckdb.execute("create table rejected as from rejected_chunk")

    def __enter__(self) -> "FileReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._duckdb.close()

    def read(self, chunk: LineChunk) -> None:
        """Take in the next lines of the file."""
        self.lines_read += len(chunk.lines)
        if self.format == "access_log":
            self._read_access_log(chunk)
        else:
            self._read_ndjson(chunk)
        self._register_lookups()
        self._duckdb.execute(f"insert into prepared by name {sql('prepare_events')}", {"site": self.site})
        if chunk.damage:
            after = chunk.first_line + len(chunk.lines)
            self._duckdb.execute("insert into rejected values (?, null, ?, null)", [after, chunk.damage])

    def days(self) -> list[date]:
        """The UTC days on which something happened."""
        return [
            day
            for (day,) in self._duckdb.execute(
                "select distinct (occurred_at at time zone 'UTC')::date as day from prepared order by day"
            ).fetchall()
        ]

    def events(self, user_code: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Rows for raw.events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._duckdb.execute(sql("export_events"), {**source, "user_code": user_code}).to_arrow_reader(100_000)

    def rejected(self, file: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Rows for raw.rejected_events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._duckdb.execute(sql("export_rejected"), {**source, "file": file}).to_arrow_reader(100_000)

    def counts(self) -> tuple[int, int]:
        """How many events and how many rejected rows there are."""
        row = self._duckdb.execute("select (select count(*) from prepared), (select count(*) from rejected)").fetchone()
        assert row is not None
        return row

    def _read_access_log(self, chunk: LineChunk) -> None:
        numbers = pa.array(range(chunk.first_line, chunk.first_line + len(chunk.lines)), pa.int64())
        self._duckdb.register("lines", pa.table({"line_number": numbers, "line": pa.array(chunk.lines, pa.string())}))
        limits = {
            "earliest": EARLIEST,
            "latest": datetime.now(UTC) + MOST_AHEAD,
            "cut_line": chunk.first_line + len(chunk.lines) - 1 if chunk.is_cut else None,
        }
        self._duckdb.execute(sql("parse_access_log"), limits)
        self._duckdb.register("no_events", EVENT_INPUT.empty_table())
        self._duckdb.unregister("event_input")
        self._duckdb.execute(
            "create or replace temp view event_input as "
            "select * exclude (line, problem, is_page_view), 'page_view' as event_type from parsed where is_page_view "
            "union all by name from no_events"
        )
        self._duckdb.execute(
            "insert into rejected by name select line_number, problem as reason, "
            "regexp_replace(line, '^\\S+', '[client]') as line from parsed where problem != 'empty'"
        )
        (passed_over,) = self._duckdb.execute(
            "select count(*) from parsed where problem = 'empty' or (problem is null and not is_page_view)"
        ).fetchall()[0]
        self.lines_passed_over += passed_over

    def _read_ndjson(self, chunk: LineChunk) -> None:
        reading = read_events(chunk.lines, chunk.first_line)
        self.lines_passed_over += reading.empty_lines
        self._duckdb.register("event_input", pa.Table.from_pylist(reading.events, EVENT_INPUT))
        self._duckdb.register("rejected_chunk", pa.Table.from_pylist(reading.rejected, REJECTED))
        self._duckdb.execute("insert into rejected from rejected_chunk")

    def _register_lookups(self) -> None:
        """Give DuckDB what the events at hand need: the salts of their days, and which user agents are crawlers."""
        agents = self._column("select distinct user_agent from event_input where user_agent is not null")
        classified = self._crawlers.classify(agents)
        self._duckdb.register(
            "crawlers",
            pa.table(
                {
                    "user_agent": pa.array(classified.keys(), pa.string()),
                    "is_bot": pa.array(classified.values(), pa.bool_()),
                }
            ),
        )
        days = self._column(
            "select distinct (occurred_at at time zone 'UTC')::date from event_input where client_ip is not null"
        )
        salts = self._salts({*days, *(day - timedelta(days=1) for day in days)}) if days else {}
        self._duckdb.register(
            "salts",
            pa.table({"day": pa.array(salts.keys(), pa.date32()), "salt": pa.array(salts.values(), pa.binary())}),
        )

    def _column(self, question: str) -> list[Any]:
        return [value for (value,) in self._duckdb.execute(question).fetchall()]


def sql(name: str) -> str:
    """The statement in ``name``.sql beside this module."""
    return (HERE / f"{name}.sql").read_text()
