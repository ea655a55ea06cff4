"""Lines of the journal that cannot be loaded, and where they are kept.

DuckDB and PostgreSQL themselves decide: files that fail are halved until single events are left.
A file's lines that fail are kept below ``damaged``, each with its reason; all others are loaded.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import msgspec
import psycopg

from orchestration.events.journal.journal_files import write_durably

log = logging.getLogger(__name__)
DAMAGED = "damaged"
SCRATCH = "loading.part"
LONGEST_REASON = 1_000
# DuckDB's errors that are not about its input: its disk, its memory, our own SQL.
NOT_THE_DATA = (
    *(duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException, duckdb.ConnectionException),
    *(duckdb.PermissionException, duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException),
    *(duckdb.SyntaxException, duckdb.DependencyException, duckdb.TransactionException),
)
# PostgreSQL's classes of errors about the input: https://www.postgresql.org/docs/current/errcodes-appendix.html
# Data exceptions, broken constraints, limits of one value; and a COPY whose bytes do not fit the column.
BAD_DATA = ("22", "23", "540", "08P01")

Load = Callable[[Sequence[Path]], int]


class DamagedError(ValueError):
    """A line that can be read, but that the collector cannot have written."""


def is_damage(error: Exception) -> bool:
    """Return whether the input is at fault, and not a server."""
    if isinstance(error, duckdb.Error):
        return not isinstance(error, NOT_THE_DATA)
    if isinstance(error, adbc.Error | psycopg.Error) and error.sqlstate:
        return error.sqlstate.startswith(BAD_DATA)
    return isinstance(error, psycopg.DataError | ValueError | OverflowError)


def load_apart(folder: Path, files: Sequence[Path], load: Load) -> int:
    """Load what can be loaded of files that could not be loaded together, and remove them; return what was new.

    Raises those errors of ``load`` that are not damage: files that are still there are loaded the next time.
    """
    try:
        new = load(files)
    except Exception as error:
        if not is_damage(error):
            raise
        if len(files) > 1:
            half = len(files) // 2
            return load_apart(folder, files[:half], load) + load_apart(folder, files[half:], load)
        return LinesApart(folder, load).load_file(files[0])
    for file in files:
        file.unlink()
    return new


class LinesApart:
    """Loads the lines of a file, and moves those that cannot be loaded to ``damaged``."""

    def __init__(self, folder: Path, load: Load) -> None:
        self._scratch = folder / SCRATCH
        self._folder = folder / DAMAGED
        self._load = load
        self._damaged: list[tuple[bytes, str]] = []

    def load_file(self, file: Path) -> int:
        lines = [line for line in file.read_bytes().split(b"\n") if line]
        # Lines that look sound are loaded first, usually all at once.
        new = sum(self.load_lines(group) for group in by_looks(lines))
        if self._damaged:
            self._keep(file.name)
        file.unlink()
        self._scratch.unlink(missing_ok=True)
        return new

    def load_lines(self, lines: list[bytes]) -> int:
        if not lines:
            return 0
        self._scratch.write_bytes(b"\n".join([*lines, b""]))
        try:
            return self._load([self._scratch])
        except Exception as error:
            if not is_damage(error):
                raise
            parts = lines if len(lines) > 1 else events_apart(lines[0])
            if len(parts) == 1:
                self._damaged.append((lines[0], str(error)))
                return 0
        half = len(parts) // 2
        return self.load_lines(parts[:half]) + self.load_lines(parts[half:])

    def _keep(self, name: str) -> None:
        """Keep the lines as they were, so that they can be corrected and put back; their reasons beside them."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        reasons = [" ".join(reason.split())[:LONGEST_REASON] for _, reason in self._damaged]
        write_durably(self._folder / f"{name}.reasons", "\n".join([*reasons, ""]).encode("utf-8", "replace"))
        write_durably(self._folder / name, b"\n".join([*(line for line, _ in self._damaged), b""]))
        log.error("%d lines of the journal cannot be loaded, and were moved to %s", len(reasons), self._folder / name)


def by_looks(lines: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Return the lines that look sound, and the others."""
    sound: list[bytes] = []
    others: list[bytes] = []
    for line in lines:
        (others if whole_line(line) is None else sound).append(line)
    return sound, others


def whole_line(line: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def events_apart(line: bytes) -> list[bytes]:
    """Return a line split into one for each event, refusals with the first; the line itself if it has only one."""
    whole = whole_line(line)
    try:
        events = msgspec.json.decode(whole["events"], type=list[msgspec.Raw]) if whole else []
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [line]
    if not whole or len(events) < 2:
        return [line]
    others = {name: value for name, value in whole.items() if name != "rejected"}
    return [
        msgspec.json.encode({**(others if index else whole), "events": [event]}) for index, event in enumerate(events)
    ]
