"""Read one file of visits into rows for ``raw.events`` and ``raw.rejected_events``."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pyarrow as pa

from orchestration.events.addresses import ANY_ADDRESS
from orchestration.events.event import EARLIEST, MOST_AHEAD
from orchestration.events.event_input import EVENT_INPUT, REJECTED
from orchestration.events.event_preparer import EventPreparer, Salts, sql
from orchestration.events.log_formats import FileFormat, cloudfront_fields
from orchestration.events.log_lines import LineChunk
from orchestration.events.ndjson import read_events
from orchestration.events.pages import FILE_ENDINGS
from orchestration.paths import page_path

# A line may have been cut within it.
ADDRESS_OR_ITS_START = rf"{ANY_ADDRESS.pattern}|[0-9a-fA-F]+[.:][0-9a-fA-F.:]*$"


class FileReader:
    """Reads the chunks of one file, then gives out its events and its rejected lines as Arrow.

    ``documents`` are paths of pages that read like those of files.
    """

    def __init__(
        self,
        site: str,
        file_format: FileFormat,
        salts: Salts,
        spill: Path,
        memory_limit: str,
        documents: Sequence[str] = (),
    ) -> None:
        self.site = site
        self._documents = list(documents)
        self.format: FileFormat = file_format
        self.lines_read = 0
        self.lines_passed_over = 0
        self._fields: str | None = None
        self._preparer = EventPreparer(salts, memory_limit, spill)
        self._duckdb = self._preparer.connection
        self._duckdb.execute(sql("log_macros"))
        self._duckdb.create_function("page_path", page_path, ["VARCHAR"], "VARCHAR")
        self._duckdb.register("rejected_chunk", REJECTED.empty_table())
        self._duckdb.execute("create table rejected as from rejected_chunk")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._duckdb.close()

    def read(self, chunk: LineChunk) -> None:
        """Take in the next lines of the file."""
        self.lines_read += len(chunk.lines)
        if self.format == "ndjson":
            self._read_ndjson(chunk)
        else:
            self._read_log(chunk)
        self._prepare()
        self._note_damage(chunk)

    def _prepare(self) -> None:
        """Keep of the events at hand (``event_input``) what may be kept."""
        self._preparer.prepare(self.site)

    def _note_damage(self, chunk: LineChunk) -> None:
        if chunk.damage:
            after = chunk.first_line + len(chunk.lines)
            self._duckdb.execute("insert into rejected values (?, null, ?, null)", [after, chunk.damage])

    def days(self) -> list[date]:
        """The UTC days on which something happened."""
        return self._preparer.days()

    def events(self, user_code: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Rows for raw.events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._preparer.events({**source, "user_code": user_code})

    def rejected(self, file: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Rows for raw.rejected_events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._duckdb.execute(sql("export_rejected"), {**source, "file": file}).to_arrow_reader(100_000)

    def counts(self) -> tuple[int, int]:
        """How many events and how many rejected rows there are."""
        row = self._duckdb.execute("select (select count(*) from prepared), (select count(*) from rejected)").fetchone()
        assert row is not None
        return row

    def _read_log(self, chunk: LineChunk) -> None:
        numbers = pa.array(range(chunk.first_line, chunk.first_line + len(chunk.lines)), pa.int64())
        self._duckdb.register("lines", pa.table({"line_number": numbers, "line": pa.array(chunk.lines, pa.string())}))
        known: dict[str, Any] = {"cut_line": chunk.first_line + len(chunk.lines) - 1 if chunk.is_cut else None}
        if self.format == "cloudfront":
            known["fields"] = self._fields
            self._fields = cloudfront_fields(chunk.lines, self._fields)
        self._duckdb.execute(sql(f"parse_{self.format}"), known)
        limits = {"earliest": EARLIEST, "latest": datetime.now(UTC) + MOST_AHEAD}
        pages = {"file_endings": FILE_ENDINGS, "documents": self._documents}
        self._duckdb.execute(sql("page_views"), limits | pages)
        self._duckdb.register("no_events", EVENT_INPUT.empty_table())
        self._duckdb.unregister("event_input")
        self._duckdb.execute(
            "create or replace temp view event_input as "
            "select * exclude (line, problem, is_page_view), 'page_view' as event_type from parsed where is_page_view "
            "union all by name from no_events"
        )
        self._duckdb.execute(
            "insert into rejected by name select line_number, problem as reason, "
            "regexp_replace(line, $address, '[client]', 'g') as line from parsed where problem != 'empty'",
            {"address": r"^\S+" if self.format == "access_log" else ADDRESS_OR_ITS_START},
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
