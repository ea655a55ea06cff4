"""From the journal to PostgreSQL, in bulk, every moment.

While PostgreSQL loads some files, the next are prepared. Files are removed when their events are committed. After a
crash before that, they are loaded again, which adds nothing.
Lines that can never be loaded are moved away: see ``damage``.
"""

import fcntl
import logging
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.events.journal.journal_files import sealed_files

if TYPE_CHECKING:
    from orchestration.events.journal.ready_files import Prepared

log = logging.getLogger(__name__)
LOOK_EVERY = 0.1
# DuckDB takes 0.1 s to plan its query, for any number of rows.
MOST_BYTES = 48 * 2**20
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
LONGEST_REASON = 300
LOCK = "loader.lock"
# A server that is gone is noticed within half a minute, and one that no longer answers does not delay the others.
PATIENCE = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
LONGEST_IDLE = "set idle_in_transaction_session_timeout = '1min'"


class Loader:
    """Loads the files of a folder. Only one process does so at a time; others wait for it to end."""

    def __init__(self, folder: Path, database_url: str, memory_limit: str = "1GB") -> None:
        self.folder = folder
        from orchestration.events.copy_events import EventCopier
        from orchestration.events.journal.ready_files import Preparer

        self._database_url = database_url
        self._connection: Any = None
        self._days: set[Any] = set()
        self._preparer = Preparer(memory_limit, folder)
        self._copier = EventCopier()

    def run(self, stop: threading.Event) -> None:
        """Load until asked to stop; files that are sealed by then are still loaded, if PostgreSQL answers."""
        with alone(self.folder, stop) as is_ours:
            if not is_ours:
                return
            pause = FIRST_PAUSE
            while True:
                is_last = stop.is_set()
                try:
                    loaded = self.run_once()
                    pause = FIRST_PAUSE
                except Exception as error:
                    log.warning("Nothing was loaded; the journal keeps it. Next try in %.1f s: %s", pause, brief(error))
                    if is_last:
                        return
                    stop.wait(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
                    continue
                if is_last and not sealed_files(self.folder):
                    return
                if not loaded:
                    stop.wait(LOOK_EVERY)

    def run_once(self) -> int:
        """As ``load_waiting``; after a failure the next begins afresh."""
        try:
            return self.load_waiting()
        except Exception as error:
            self._start_afresh(error)
            raise

    def load_waiting(self) -> int:
        """Load the oldest files that are sealed, at most so many at once; return how many events were new."""
        from orchestration.events.journal.damage import is_damage, load_apart

        sealed = sealed_files(self.folder)
        prepared = self._preparer.begun(sealed)
        files = prepared.files if prepared else first_of(sealed, MOST_BYTES)
        if not files:
            return 0
        try:
            prepared = prepared or self._preparer.prepare(files)
            self._begin_next(files)
            new = self._store(prepared)
        except Exception as error:
            if not is_damage(error):
                raise
            # The fault may be ours: a dropped partition, a connection's state. So all of it is tried once more.
            self._start_afresh(error)
            return load_apart(self.folder, files, self._load_after_failures)
        for file in files:
            file.unlink()
        return new

    def _begin_next(self, files: Sequence[Path]) -> None:
        """Prepare the files after these, in the background."""
        later = [file for file in sealed_files(self.folder) if file not in files]
        self._preparer.begin(first_of(later, MOST_BYTES))

    def _load_after_failures(self, files: Sequence[Path]) -> int:
        try:
            return self._store(self._preparer.prepare(files))
        except Exception as error:
            self._start_afresh(error)
            raise

    def _store(self, prepared: "Prepared") -> int:
        from orchestration.resources.bulk_load import load_rows
        from orchestration.resources.postgres import connect

        if not self._days.issuperset(prepared.days):
            with connect(self._database_url) as connection:
                connection.execute("select raw.ensure_event_partitions(%s)", [prepared.days])
            self._days.update(prepared.days)
        connection = self._connect()
        # Refused events have ids too: loaded again, they add nothing.
        load_rows(connection, "raw.rejected_events", prepared.rejected, on_conflict="nothing")
        connection.commit()
        return self._copier.load(connection, prepared.events)

    def _connect(self) -> Any:
        from orchestration.resources.server import Server

        if self._connection is None:
            self._connection = Server.of(self._database_url).adbc(**PATIENCE)
            with self._connection.cursor() as cursor:
                cursor.execute(LONGEST_IDLE)
            self._connection.commit()
        return self._connection

    def _start_afresh(self, failed: Exception) -> None:
        """Reset everything that may be wrong after a failure: the connection, known partitions, a broken DuckDB."""
        import duckdb

        from orchestration.events.copy_events import EventCopier

        self._preparer.forget()
        self._days.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                log.debug("A connection that had failed did not close: %s", brief(error))
        if isinstance(failed, duckdb.InternalException | duckdb.FatalException | duckdb.ConnectionException):
            self._preparer.renew()
            self._copier = EventCopier()


def brief(error: Exception) -> str:
    """Return its first line alone: what follows may quote what visitors sent."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:LONGEST_REASON]


def first_of(files: Sequence[Path], most_bytes: int) -> list[Path]:
    """Return as many of the first files as have so many bytes together, at least one."""
    chosen: list[Path] = []
    left = most_bytes
    for file in files:
        left -= file.stat().st_size
        if chosen and left < 0:
            break
        chosen.append(file)
    return chosen


@contextmanager
def alone(folder: Path, stop: threading.Event) -> Generator[bool]:
    """Wait until no other process loads the folder; return False if we are asked to stop before that."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        is_ours = False
        while not is_ours and not stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_ours = True
            except BlockingIOError:
                stop.wait(LOOK_EVERY)
        yield is_ours
