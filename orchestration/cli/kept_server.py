"""A server of ours that runs until we stop it: its programs, the port on which it listens, and whether it answers."""

import errno
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import requests

from orchestration.cli.kept_process import KeptProcess, end, tail
from orchestration.errors import DogearError
from orchestration.resources.listening import place, reached_at, warn_if_reachable, why_not
from orchestration.resources.program_environment import program_environment

START_TIMEOUT = 60
# How long the port may still belong to processes of a killed server that are ending.
PORT_TIMEOUT = 10


@dataclass(frozen=True)
class Served:
    """Which server: ``modules`` are its programs, the one that listens first; ``settings`` say where."""

    what: str
    modules: Sequence[str]
    host: str
    port: int
    settings: str
    # It answers this path with 200 once it serves.
    sign_of_life: str
    log_file: Path
    # What other machines may do, if it listens on an address where they reach it.
    reachable: str

    @property
    def url(self) -> str:
        return f"http://{place(reached_at(self.host), self.port)}"


class KeptServer:
    """``with KeptServer(…)`` runs its programs inside the block; ``environment`` is for all of them."""

    def __init__(self, served: Served, environment: Mapping[str, str]) -> None:
        self.served = served
        self.log_file = served.log_file
        self.environment = environment

    def __enter__(self) -> Self:
        wait_for_port(self.served)
        environments = self.environments()
        self._log: IO[bytes] = self.log_file.open("ab")
        listener, *others = self.served.modules
        where = (self.served.host, str(self.served.port))
        commands = [(listener, *where), *((other,) for other in others)]
        self.programs = [KeptProcess(command, environments[command[0]], self._log) for command in commands]
        try:
            self._wait_until_serving()
        except BaseException:
            self._stop_all()
            raise
        warn_if_reachable(self.served.what, self.served.host, self.served.port, self.served.reachable)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_all()

    @property
    def url(self) -> str:
        return self.served.url

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Return what each program finds in its environment."""
        return dict.fromkeys(self.served.modules, program_environment(self.environment))

    def keep_running(self) -> None:
        """Start again what has ended; ask so every moment, in the thread that entered. It is never given up."""
        for program in self.programs:
            program.keep_running()

    def _wait_until_serving(self) -> None:
        served = self.served
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if any(program.has_ended for program in self.programs):
                raise DogearError(f"{served.what} cannot start; the end of {self.log_file}:\n{tail(self.log_file)}")
            try:
                if requests.get(f"{self.url}{served.sign_of_life}", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise DogearError(f"{served.what} does not answer at {self.url} after {START_TIMEOUT} s. See {self.log_file}.")

    def _stop_all(self) -> None:
        """The one that listens first: the others may take what it took in last."""
        for program in self.programs:
            end([program.process], signal.SIGTERM)
        self._log.close()


def wait_for_port(served: Served) -> None:
    """Wait until the port is free. Raise DogearError if it stays taken: two servers could share it."""
    deadline = time.monotonic() + PORT_TIMEOUT
    while error := why_not(served.host, served.port):
        if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            where = place(served.host, served.port)
            raise DogearError(f"{served.what} cannot listen on {where}: {error.strerror}. Set {served.settings}.")
        time.sleep(0.1)
