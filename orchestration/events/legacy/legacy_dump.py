"""Find the rows of the old table in a dump: what COPY or pg_dump wrote, CSV, or one JSON object a line."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestration.errors import DogearError
from orchestration.events.logs.log_lines import LineChunk

Layout = Literal["ndjson", "copy", "csv"]
COLUMNS = ["id", "event_type", "event_data", "created_at"]
NEEDED = set(COLUMNS[1:])
COPY = re.compile(r"^COPY .+ \((.+)\) FROM stdin;$")
LOOKS_LIKE_A_SCRIPT = re.compile(r"^(?:--|SET |SELECT |COPY |\\)")
END_OF_COPY = r"\."


@dataclass(frozen=True)
class DumpLines:
    """Lines of a dump that are rows, their numbers in the file, and the names of their columns in order."""

    layout: Layout
    columns: list[str]
    numbers: list[int]
    lines: list[str]


class Dump:
    """A dump being read, chunk after chunk. The first line that shows its format decides for all."""

    def __init__(self, first: LineChunk) -> None:
        line = next(filter(str.strip, first.lines), "")
        self._is_script = bool(LOOKS_LIKE_A_SCRIPT.match(line))
        self._header: str | None = None
        self._in_rows = not self._is_script
        self._layout: Layout = "ndjson" if line.lstrip().startswith("{") else "csv"
        self._columns: list[str] = []
        if self._layout == "csv" and not self._is_script:
            self._tell_columns(line)

    def rows(self, chunk: LineChunk) -> Iterator[DumpLines]:
        """Yield the rows among the lines of ``chunk``, block by block."""
        numbered = list(enumerate(chunk.lines, chunk.first_line))
        if not self._is_script:
            rows = [(number, line) for number, line in numbered if line != self._header]
            yield self._lines(rows)
            return
        rows: list[tuple[int, str]] = []
        for number, line in numbered:
            if self._in_rows and line == END_OF_COPY:
                yield self._lines(rows)
                rows, self._in_rows = [], False
            elif self._in_rows:
                rows.append((number, line))
            elif found := COPY.match(line):
                self._begin_copy(found[1])
        yield self._lines(rows)

    @property
    def has_rows(self) -> bool:
        """Whether a table was found that can be the old one."""
        return bool(self._columns) or self._layout == "ndjson"

    def _begin_copy(self, names: str) -> None:
        columns = [name.strip().strip('"') for name in names.split(",")]
        if set(columns) >= NEEDED:
            self._in_rows, self._layout, self._columns = True, "copy", columns

    def _tell_columns(self, line: str) -> None:
        self._layout = "copy" if "\t" in line else "csv"
        fields = line.split("\t") if self._layout == "copy" else next(csv.reader([line]))
        if set(fields) >= NEEDED:
            self._header, self._columns = line, fields
        elif len(fields) in {3, 4}:
            self._columns = COLUMNS[-len(fields) :]
        else:
            raise DogearError(
                f"its first line has {len(fields)} columns, and no header names them: event_type, event_data and "
                "created_at are needed, and an id if there is one"
            )

    def _lines(self, rows: list[tuple[int, str]]) -> DumpLines:
        return DumpLines(self._layout, self._columns, [number for number, _ in rows], [line for _, line in rows])
