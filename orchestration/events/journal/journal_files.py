"""The files of the journal. One is written at a time (``*.open``), others are sealed (``*.ndjson``) and can be loaded.

A writer holds a lock on its file, which ends with the process: any process that finds a file without its writer repairs
and seals it. Only the holder of the lock may rename an open file, so that no file is sealed while it is written.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OPEN = ".open"
SEALED = ".ndjson"
LARGEST_FILE = 16 * 2**20
OLDEST_FILE = 0.5
# Each system call releases the interpreter lock, and has to wait for it again if the server is busy.
WRITES_DURABLY = getattr(os, "O_DSYNC", 0)


class JournalFile:
    """A file of the journal while it is written. Raises OSError if it cannot be."""

    def __init__(self, folder: Path) -> None:
        self.started = time.monotonic()
        self.size = 0
        self.path, self._file = new_file(folder)

    def write(self, data: bytes) -> None:
        """Append and make durable by one call: the file was opened for synchronous writes."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        if not WRITES_DURABLY:
            os.fsync(self._file)
        self.size += len(data)

    def seconds_left(self) -> float:
        return max(0.0, self.started + OLDEST_FILE - time.monotonic())

    def is_full(self) -> bool:
        return self.size >= LARGEST_FILE or self.seconds_left() == 0

    def seal(self) -> None:
        """Seal it for the loader; if that fails, the loader treats it as one whose writer is gone."""
        try:
            self.path.rename(self.path.with_suffix(SEALED))
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        os.close(self._file)


def new_file(folder: Path) -> tuple[Path, int]:
    """Return a new file that is ours: its path, and its descriptor, which holds the lock."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        # In the order of their names, files are in the order of time.
        path = folder / f"{time.time_ns():020}-{uuid.uuid4().hex[:8]}{OPEN}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | WRITES_DURABLY, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists():  # else the loader found it before it was locked, and took it for an orphan
                sync_folder(folder)
                return path, descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def free_bytes(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sealed_files(folder: Path) -> list[Path]:
    """Return the files that can be loaded, oldest first."""
    for left in orphans(folder):
        mend(left)
    return sorted(folder.glob(f"*{SEALED}"))


def orphans(folder: Path) -> Iterator[Path]:
    """Yield files whose writers are gone; each is locked until the next is asked for."""
    for path in folder.glob(f"*{OPEN}"):
        with suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield path


def mend(path: Path) -> None:
    """Cut the text after the last whole line, which was never acknowledged, and seal the file."""
    with suppress(FileNotFoundError), path.open("r+b") as file:
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            file.truncate(whole)
            os.fsync(file.fileno())
        path.rename(path.with_suffix(SEALED))


def write_durably(path: Path, data: bytes) -> None:
    """Write all of it or nothing, even if the process or the machine stops meanwhile."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    sync_folder(path.parent)
