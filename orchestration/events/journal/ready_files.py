"""Prepare the next files of the journal while PostgreSQL loads the last ones: both release Python's lock."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from orchestration.events.journal.journal_reader import JournalReader


class Prepared(NamedTuple):
    """Rows for PostgreSQL of some files, and their days."""

    files: tuple[Path, ...]
    days: list[date]
    rejected: pa.Table
    events: pa.Table


class Preparer:
    """One reader, which reads one batch at a time: in its own thread in advance, or in the caller's on request."""

    def __init__(self, memory_limit: str, journal: Path) -> None:
        self._memory_limit = memory_limit
        self._journal = journal
        self._thread = ThreadPoolExecutor(1, "preparer")
        self._ahead: Future[Prepared] | None = None
        self.renew()

    def renew(self) -> None:
        """Replace a DuckDB that has had an internal error, since it no longer answers."""
        self.forget()
        self._reader = JournalReader(self._memory_limit, self._journal)

    def begin(self, files: Sequence[Path]) -> None:
        """Prepare these in the background."""
        self.forget()
        if files:
            self._ahead = self._thread.submit(self._read, files)

    def begun(self, files: Sequence[Path]) -> Prepared | None:
        """Return the prepared files, if these are still the first of ``files``.

        If that failed, they are read once more here, so that the caller gets the error.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.exception() is not None:
            return None
        prepared = ahead.result()
        return prepared if prepared.files == tuple(files[: len(prepared.files)]) else None

    def prepare(self, files: Sequence[Path]) -> Prepared:
        """Raise duckdb.Error or DamagedError where a line is damaged."""
        self.forget()
        return self._read(files)

    def forget(self) -> None:
        """Drop the prepared files; the reader is free then."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.exception()

    def _read(self, files: Sequence[Path]) -> Prepared:
        self._reader.read(files)
        return Prepared(tuple(files), self._reader.days(), self._reader.rejected(), self._reader.events())
