"""The next files of the journal are made ready while PostgreSQL takes the last ones: both leave Python to others."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from orchestration.events.journal.journal_reader import JournalReader


class Prepared(NamedTuple):
    """Rows for PostgreSQL of some files, and the days they are of."""

    files: tuple[Path, ...]
    days: list[date]
    rejected: pa.Table
    events: pa.Table


class Preparer:
    """One reader, which reads one thing at a time: in a thread of its own what is begun, here what is asked for."""

    def __init__(self, memory_limit: str, journal: Path) -> None:
        self._memory_limit = memory_limit
        self._journal = journal
        self._thread = ThreadPoolExecutor(1, "preparer")
        self._ahead: Future[Prepared] | None = None
        self.renew()

    def renew(self) -> None:
        """A DuckDB that has met an error of its own answers nothing more."""
        self.forget()
        self._reader = JournalReader(self._memory_limit, self._journal)

    def begin(self, files: Sequence[Path]) -> None:
        """Make these ready meanwhile."""
        self.forget()
        if files:
            self._ahead = self._thread.submit(self._read, files)

    def begun(self, files: Sequence[Path]) -> Prepared | None:
        """Return what was begun, if these are still the first of ``files``.

        Where it failed, it is asked for once more: the error is met by who can deal with it.
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
        """What was begun is of no use; the reader is free then."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.exception()

    def _read(self, files: Sequence[Path]) -> Prepared:
        self._reader.read(files)
        return Prepared(tuple(files), self._reader.days(), self._reader.rejected(), self._reader.events())
