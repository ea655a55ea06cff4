"""Read one file of visits into rows for ``raw.events`` and ``raw.rejected_events``."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pyarrow as pa

from orchestration.days import EARLIEST
from orchestration.events.addresses import ANY_ADDRESS
from orchestration.events.event import MOST_AHEAD
from orchestration.events.event_input import EVENT_INPUT, REJECTED
from orchestration.events.event_preparer import EventPreparer, Salts, sql
from orchestration.events.logs.log_formats import FileFormat, cloudfront_fields
from orchestration.events.logs.log_lines import LineChunk
from orchestration.events.logs.ndjson import named_fields, read_events
from orchestration.events.pages import FILE_ENDINGS
from orchestration.paths import page_path

# A line may have been cut within it.
ADDRESS_OR_ITS_START = rf"{ANY_ADDRESS.pattern}|[0-9a-fA-F]+[.:][0-9a-fA-F.:]*$"
# In front of a log stand addresses, names of visitors' machines, and users; where that ends is not known of all lines.
FRONT_OR_FIRST_WORD = r'^[^"\[]*\S(\s+\[)|^\S+'


class FileReader:
    """Reads the chunks of one file, then gives out its events and its rejected lines as Arrow.

    ``old_lines``: up to which line an older version has read the file; ids of these lines are made as they were then.
    ``documents``: paths of pages that read like those of files.
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
        self.old_lines = 0
        self._fields: str | None = None
        self._preparer = EventPreparer(salts, memory_limit, spill)
        self._duckdb = self._preparer.connection
        self._duckdb.execute(sql("logs/log_macros"))
        self._duckdb.create_function("page_path", page_path, ["VARCHAR"], "VARCHAR")
        self._duckdb.register("rejected_chunk", REJECTED.empty_table())
        self._duckdb.execute("create table rejected as from rejected_chunk")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._duckdb.close()

    def named_fields(self, lines: list[str]) -> list[str]:
        """Of each of the first lines of the file, what it is known by; nothing of those that cannot be read."""
        if self.format == "ndjson":
            return list(map(named_fields, lines))
        self._parse(LineChunk(1, lines, 0), None)
        known = dict(
            self._duckdb.execute("select line_number, trim(named_fields) from logged where problem is null").fetchall()
        )
        return [known.get(number, "") for number in range(1, len(lines) + 1)]

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
        """Return the UTC days on which something happened."""
        return self._preparer.days()

    def events(self, user_code: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Return the rows for raw.events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._preparer.events({**source, "user_code": user_code})

    def rejected(self, file: str, import_id: int, file_id: UUID) -> pa.RecordBatchReader:
        """Return the rows for raw.rejected_events."""
        source = {"site": self.site, "source": self.format, "import_id": import_id, "file_id": str(file_id)}
        return self._duckdb.execute(sql("export_rejected"), {**source, "file": file}).to_arrow_reader(100_000)

    def counts(self) -> tuple[int, int]:
        """Return how many events and how many rejected rows there are."""
        row = self._duckdb.execute("select (select count(*) from prepared), (select count(*) from rejected)").fetchone()
        assert row is not None
        return row

    def common_reason(self) -> str | None:
        """Return why most of the rejected lines cannot be read; None if there are none."""
        question = "select kept_text(reason) from rejected group by reason order by count(*) desc, reason limit 1"
        return next(iter(self._preparer.column(question)), None)

    def hosts(self) -> dict[str, int]:
        """Return the hosts that page views name, and how many views of people each has, most first."""
        return dict(
            self._duckdb.execute(
                "select page_host, count(*) from prepared where event_type = 'page_view' and not is_bot "
                "and page_host is not null group by page_host order by count(*) desc, page_host"
            ).fetchall()
        )

    def _parse(self, chunk: LineChunk, fields: str | None) -> None:
        """Make ``logged`` of the lines but the empty ones; ``fields``: the line before them that names CloudFront's."""
        written = [(number, line) for number, line in enumerate(chunk.lines, chunk.first_line) if line.strip()]
        numbers, lines = zip(*written, strict=True) if written else ((), ())
        self._duckdb.register(
            "lines", pa.table({"line_number": pa.array(numbers, pa.int64()), "line": pa.array(lines, pa.string())})
        )
        last = chunk.first_line + len(chunk.lines) - 1
        known: dict[str, Any] = {"cut_line": last if chunk.is_cut else None, "old_lines": self.old_lines}
        if self.format == "cloudfront":
            known["fields"] = fields
        self._duckdb.execute(sql(f"logs/parse_{self.format}"), known)

    def _read_log(self, chunk: LineChunk) -> None:
        self._parse(chunk, self._fields)
        self._fields = cloudfront_fields(chunk.lines, self._fields)
        limits = {"earliest": EARLIEST, "latest": datetime.now(UTC) + MOST_AHEAD}
        pages = {"file_endings": FILE_ENDINGS, "documents": self._documents}
        self._duckdb.execute(sql("logs/page_views"), limits | pages)
        self._duckdb.register("no_events", EVENT_INPUT.empty_table())
        self._duckdb.unregister("event_input")
        self._duckdb.execute(
            "create or replace temp view event_input as "
            "select * exclude (line, problem, is_page_view, named_fields), 'page_view' as event_type, "
            "md5(named_fields) as content_digest from parsed where is_page_view union all by name from no_events"
        )
        self._duckdb.execute(
            "insert into rejected by name select line_number, problem as reason, "
            "regexp_replace(regexp_replace(line, $front, '[client]\\1'), $address, '[client]', 'g') as line "
            "from parsed where problem != 'empty'",
            {"front": FRONT_OR_FIRST_WORD if self.format == "access_log" else "^$", "address": ADDRESS_OR_ITS_START},
        )
        (taken,) = self._preparer.column("select count(*) from parsed where is_page_view or problem != 'empty'")
        self.lines_passed_over += len(chunk.lines) - taken

    def _read_ndjson(self, chunk: LineChunk) -> None:
        reading = read_events(chunk.lines, chunk.first_line, old_lines=self.old_lines)
        self.lines_passed_over += reading.empty_lines
        self._duckdb.register("event_input", pa.Table.from_pylist(reading.events, EVENT_INPUT))
        self._duckdb.register("rejected_chunk", pa.Table.from_pylist(reading.rejected, REJECTED))
        self._duckdb.execute("insert into rejected from rejected_chunk")
