"""Events that the collector has accepted, and that PostgreSQL does not hold yet."""

import fcntl
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import DogearError

LONGEST_WAIT = 60.0
LOOK_EVERY = 0.1


def load_pending(folder: Path, database_url: str, memory_limit: str) -> bool:
    """Wait until all that was accepted by now is loaded, or load it here; return whether a collector runs.

    Raises DogearError if it is not loaded in time: waiting events would be loaded after an erasure.
    """
    from orchestration.events.journal.journal_files import OPEN, sealed_files
    from orchestration.events.journal.loader import Loader

    if not folder.is_dir():
        return False
    is_running = False
    waiting = names(folder)
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        with loader_lock(folder) as is_ours:
            is_running |= not is_ours
            if is_ours and sealed_files(folder):
                loader = Loader(folder, database_url, memory_limit)
                while sealed_files(folder):
                    loader.load_waiting()
        # An open file that remains is being written; its writer seals it in a moment.
        is_running |= any(folder.glob(f"*{OPEN}"))
        if not waiting & names(folder):
            return is_running
        if time.monotonic() > deadline:
            raise DogearError(
                f"The events in {folder} are not loaded after {LONGEST_WAIT:.0f} s; nothing was erased. "
                "See collector.log beside it, or stop the collector."
            )
        time.sleep(LOOK_EVERY)


def names(folder: Path) -> set[str]:
    """Return the files of the journal, whether they are still written or not."""
    from orchestration.events.journal.journal_files import OPEN, SEALED

    return {path.stem for path in folder.iterdir() if path.suffix in {OPEN, SEALED}}


@contextmanager
def loader_lock(folder: Path) -> Generator[bool]:
    """Keep the collector's loader out, if none runs; yield whether that is so."""
    from orchestration.events.journal.loader import LOCK

    with (folder / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
