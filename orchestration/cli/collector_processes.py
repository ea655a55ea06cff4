"""The collector's processes: the server that accepts, and the loader that moves what was accepted into PostgreSQL."""

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

import requests

from orchestration.cli.supervisor import end, tail, why_not
from orchestration.errors import DogearError
from orchestration.settings import PROJECT_ROOT, Settings
from serving.processes import PARENT

log = logging.getLogger(__name__)

START_TIMEOUT = 60
LOOK_EVERY = 0.2
# How long the port may still belong to processes that end with a collector that was killed.
PORT_TIMEOUT = 10
# What ends so soon after its start waits before the next one: at first so long, then twice as long, at most the last.
SOON = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
PROGRAMS = ("serving.collector.serve", "serving.collector.load")


@dataclass
class Program:
    """A process that is started again when it ends."""

    module: str
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    start_at: float | None = None

    def is_due(self) -> bool:
        """Has it ended, and is it time to start it again?"""
        if self.process.poll() is None:
            return False
        now = time.monotonic()
        if self.start_at is None:
            ended_soon = now - self.started < SOON
            self.pause = min(2 * self.pause, LONGEST_PAUSE) if ended_soon else FIRST_PAUSE
            self.start_at = now + self.pause if ended_soon else now
        return now >= self.start_at


class CollectorProcesses:
    """``with CollectorProcesses(…)`` runs them inside the block."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.log_file = settings.home_folder / "collector.log"
        self._environment = {**os.environ, **environment, PARENT: str(os.getpid())}

    def __enter__(self) -> "CollectorProcesses":
        wait_for_port(self.settings)
        self._log: IO[bytes] = self.log_file.open("ab")
        self.programs = [self._start(module) for module in PROGRAMS]
        try:
            self._wait_until_serving()
        except BaseException:
            self._stop_all()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_all()

    @property
    def url(self) -> str:
        return f"http://{self.settings.collector_host}:{self.settings.collector_port}"

    def keep_running(self) -> None:
        """Start again what has ended; ask so every moment, in the thread that entered.

        What ends as soon as it starts is started ever more seldom, but never given up: what is accepted waits on disk,
        and what is not, clients send again.
        """
        for program in self.programs:
            if program.is_due():
                log.warning("%s had ended (%s); see %s", program.module, program.process.returncode, self.log_file)
                program.process = self._start(program.module).process
                program.started, program.start_at = time.monotonic(), None

    def _start(self, module: str) -> Program:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", module],
            cwd=PROJECT_ROOT,
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # In a group of its own: Ctrl-C in the terminal reaches us, and we stop it in order. Not in a session of its
            # own, since Linux shares processors among sessions first: the loader would not make way for the server.
            process_group=0,
        )
        return Program(module, process, time.monotonic())

    def _wait_until_serving(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            for program in self.programs:
                if program.process.poll() is not None:
                    raise DogearError(f"The collector cannot start; the end of {self.log_file}:\n{tail(self.log_file)}")
            try:
                if requests.get(f"{self.url}/health", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise DogearError(f"The collector does not answer at {self.url} after {START_TIMEOUT} s. See {self.log_file}.")

    def _stop_all(self) -> None:
        """The server first, so that the loader takes what it accepted last."""
        for program in self.programs:
            end(program.process, signal.SIGTERM)
        self._log.close()


def wait_for_port(settings: Settings) -> None:
    """Return when the port is free. Raises DogearError where it is not: two servers could share it, and its events."""
    deadline = time.monotonic() + PORT_TIMEOUT
    while error := why_not(settings.collector_host, settings.collector_port):
        if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            where = f"{settings.collector_host}:{settings.collector_port}"
            raise DogearError(f"The collector cannot listen on {where}: {error.strerror}. Set DOGEAR_COLLECTOR_PORT.")
        time.sleep(0.1)
