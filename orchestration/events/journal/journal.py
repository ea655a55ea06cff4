"""The journal: accepted events, on disk before a request is answered.

One file at a time is written, by one thread that makes all waiting lines durable at once. A file that is full, or a
moment old, is sealed by a rename; the loader removes sealed files. See ``journal_files``.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from orchestration.events.journal.journal_files import SEALED, JournalFile, free_bytes, sync_folder
from orchestration.resources.full_disk import free_near

log = logging.getLogger(__name__)
LONGEST_QUEUE = 64 * 2**20
Waiting = tuple[bytes, asyncio.Future[None]]


class JournalFullError(Exception):
    """Nothing more can be accepted for now: the disk is nearly full, or does not write."""


def end_process() -> None:
    """Ask this process to end in order; its parent restarts it."""
    os.kill(os.getpid(), signal.SIGTERM)


class Journal:
    """Appends lines to files below ``folder``, as long as ``reserve`` bytes of its disk stay free.

    If the thread that writes ever fails for another reason than the disk, all waiting requests fail, nothing
    more is accepted, and ``on_failure`` is called.
    """

    def __init__(self, folder: Path, reserve: int, on_failure: Callable[[], object] = end_process) -> None:
        self.folder = folder
        self.reserve = reserve
        self._on_failure = on_failure
        self._wanted = threading.Condition()
        self._waiting: list[Waiting] = []
        self._waiting_bytes = 0
        self._in_hand: list[Waiting] = []
        self._is_closed = False
        self._file: JournalFile | None = None
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self.folder.parent)
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write the waiting lines, then close."""
        with self._wanted:
            self._is_closed = True
            self._wanted.notify()
        self._thread.join()

    def append(self, line: bytes) -> asyncio.Future[None]:
        """Write a line, without its end; the future is done when it is durable.

        It fails with JournalFullError if the line is not kept.
        """
        done: asyncio.Future[None] = self._loop.create_future()
        with self._wanted:
            if self._is_closed or self._waiting_bytes + len(line) > LONGEST_QUEUE:
                reason = "the collector ends" if self._is_closed else "too much waits to be written"
                done.set_exception(JournalFullError(reason))
                return done
            self._waiting.append((line, done))
            self._waiting_bytes += len(line)
            if len(self._waiting) == 1:
                self._wanted.notify()
        return done

    def has_room(self) -> bool:
        """Return whether more than the reserve of its disk is free."""
        return free_near(self.folder) > self.reserve

    def waiting_files(self) -> int:
        """Return how many files the loader has not taken away yet."""
        return sum(1 for _ in self.folder.glob(f"*{SEALED}"))

    def _run(self) -> None:
        try:
            self._write_all()
        except BaseException:
            log.exception("The journal's thread has failed")
            with self._wanted:
                self._is_closed = True
                left = [*self._in_hand, *self._waiting]
            self._answer(left, JournalFullError("the journal has failed"))
            if self._file:
                self._seal(self._file)
            self._on_failure()

    def _write_all(self) -> None:
        while True:
            with self._wanted:
                if not self._waiting and not self._is_closed:
                    self._wanted.wait(self._file.seconds_left() if self._file else None)
                self._in_hand, self._waiting, self._waiting_bytes = self._waiting, [], 0
                is_closed = self._is_closed
            if self._in_hand:
                self._answer(self._in_hand, self._write([line for line, _ in self._in_hand]))
            if self._file and (is_closed or self._file.is_full()):
                self._seal(self._file)
            if is_closed and not self._in_hand:
                return

    def _write(self, lines: list[bytes]) -> JournalFullError | None:
        """Make the lines durable, or return why they are not."""
        data = b"\n".join([*lines, b""])
        try:
            if self._file is None:  # somebody may have removed the folder
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Unlike has_room: a folder that somebody has removed is an error, since its open file is lost.
            if free_bytes(self.folder) < self.reserve + len(data):
                return JournalFullError("the disk of the journal is nearly full")
            self._file = self._file or JournalFile(self.folder)
            self._file.write(data)
        except OSError as error:
            # The result of a failed write is unknown: the file stays for the loader, which keeps whole lines.
            if self._file:
                self._file.abandon()
                self._file = None
            return JournalFullError(f"the journal cannot be written: {error.strerror}")
        return None

    def _seal(self, file: JournalFile) -> None:
        self._file = None
        try:
            file.seal()
        except OSError as error:
            log.warning("A file of the journal was not sealed; the loader does it: %s", error)

    def _answer(self, waiting: Sequence[Waiting], problem: JournalFullError | None) -> None:
        with suppress(RuntimeError):  # the loop has ended; nobody waits any more
            self._loop.call_soon_threadsafe(answer, [done for _, done in waiting], problem)


def answer(waiting: Sequence[asyncio.Future[None]], problem: JournalFullError | None) -> None:
    for done in waiting:
        if done.done():  # the client has gone
            continue
        if problem:
            done.set_exception(problem)
        else:
            done.set_result(None)
