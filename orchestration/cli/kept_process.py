"""Child processes that run until we stop them: one that ends is restarted, and none outlives us."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from orchestration.resources.parent_process import PARENT

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
STOP_TIMEOUT = 30
# A process that ends this soon after its start is restarted after a pause, which doubles each time up to a maximum.
SOON = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass
class KeptProcess:
    """A running Python module, with its arguments. If it ends soon after each start, the pauses grow.

    It finds in its environment what is given, and nothing of ours besides.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    log: IO[bytes]
    process: subprocess.Popen[bytes] = field(init=False)
    started: float = field(init=False)
    _pause: float = FIRST_PAUSE
    _start_at: float | None = None

    def __post_init__(self) -> None:
        self._start()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def keep_running(self) -> None:
        """Restart it if it has ended. Call this every moment, in the thread that created it."""
        if self._is_due():
            log.warning("%s had ended (%s); see %s", self.command[0], self.process.returncode, self.log.name)
            self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "orchestration.cli.ends_with_parent", *self.command],
            # The current folder may hold files that have the names of modules.
            env={**self.environment, "PYTHONSAFEPATH": "1", PARENT: str(os.getpid())},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            # In a process group of its own: Ctrl-C in the terminal reaches us, and we stop it in order. Not in its own
            # session, since Linux shares CPU time among sessions first: the loader would not yield to the server.
            process_group=0,
        )
        self.started, self._start_at = time.monotonic(), None

    def _is_due(self) -> bool:
        if not self.has_ended:
            return False
        now = time.monotonic()
        if self._start_at is None:
            ended_soon = now - self.started < SOON
            self._pause = min(2 * self._pause, LONGEST_PAUSE) if ended_soon else FIRST_PAUSE
            self._start_at = now + self._pause if ended_soon else now
        return now >= self._start_at


def end(processes: Sequence[subprocess.Popen[bytes]], wanted: signal.Signals) -> None:
    """Ask processes to end by a signal, and make sure that neither they nor their children are left."""
    family: list[psutil.Process] = []
    for process in processes:
        try:
            family += [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        if process.poll() is None:
            process.send_signal(wanted)
    left = left_after(STOP_TIMEOUT, family)
    for relative in left:
        relative.kill()
    left_after(STOP_TIMEOUT, left)
    for process in processes:
        process.wait()


def left_after(seconds: float, processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Wait until they have ended, up to a timeout; return those that have not."""
    deadline = time.monotonic() + seconds
    while (left := [process for process in processes if not has_ended(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def has_ended(process: psutil.Process) -> bool:
    """Return whether it has ended. psutil also waits until the parent notices, which in a container may be never."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def tail(file: Path) -> str:
    return last_lines(file.read_text(errors="replace"))


def last_lines(text: str, lines: int = 15) -> str:
    return "\n".join(text.splitlines()[-lines:])
