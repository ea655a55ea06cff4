"""The collector's processes: the server that accepts events, and the loader that moves them into PostgreSQL."""

import errno
import signal
import time
from collections.abc import Mapping, Sequence
from typing import IO

import requests

from orchestration.cli.kept_process import KeptProcess, end, tail
from orchestration.errors import DogearError
from orchestration.resources.listening import place, warn_if_reachable, why_not
from orchestration.resources.process_roles import COLLECTOR, LOADER, NoOwnRoleError, own_url
from orchestration.resources.server import ServerSilentError
from orchestration.settings import Settings
from orchestration.terminal import say

START_TIMEOUT = 60
# How long the port may still belong to processes of a killed collector that are ending.
PORT_TIMEOUT = 10
REACHABLE = (
    "they may send events of your sites, and read the tracker's scripts, /openapi.json and /health; "
    "DOGEAR_COLLECTOR_HOST=127.0.0.1 keeps it to this one."
)
# The role of each: docs/security.md.
PROGRAMS = {"serving.collector.run_server": COLLECTOR, "orchestration.events.journal.run_loader": LOADER}


class CollectorProcesses:
    """``with CollectorProcesses(…)`` runs them inside the block."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.log_file = settings.home_folder / "collector.log"
        self._environment = dict(environment)

    def __enter__(self) -> "CollectorProcesses":
        wait_for_port(self.settings)
        self._log: IO[bytes] = self.log_file.open("ab")
        place = (str(self.settings.home_folder), str(self.settings.collector_port))
        urls = own_urls(self._environment["DATABASE_URL"], PROGRAMS, place)
        self.programs = [
            KeptProcess([module], self._environment | {"DATABASE_URL": url}, self._log) for module, url in urls.items()
        ]
        try:
            self._wait_until_serving()
        except BaseException:
            self._stop_all()
            raise
        warn_if_reachable("The collector", self.settings.collector_host, self.settings.collector_port, REACHABLE)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_all()

    @property
    def url(self) -> str:
        return f"http://{place(self.settings.collector_host, self.settings.collector_port)}"

    def keep_running(self) -> None:
        """Start again what has ended; ask so every moment, in the thread that entered.

        It is never given up: what is accepted waits on disk, and what is not, clients send again.
        """
        for program in self.programs:
            program.keep_running()

    def _wait_until_serving(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            for program in self.programs:
                if program.has_ended:
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
            end([program.process], signal.SIGTERM)
        self._log.close()


def own_urls(database_url: str, groups: Mapping[str, str], place: Sequence[str]) -> dict[str, str]:
    """Return the URL by which each program, given with its group, reaches the database.

    If one can have no role of its own, that is said, and all get the URL of DATABASE_URL's role.
    """
    try:
        return {program: own_url(database_url, group, place) for program, group in groups.items()}
    except (NoOwnRoleError, ServerSilentError) as error:
        say(f"{error} Until the next start, the collector has the rights of DATABASE_URL's role.")
        return dict.fromkeys(groups, database_url)


def wait_for_port(settings: Settings) -> None:
    """Wait until the port is free. Raise DogearError if it stays taken: two servers could share it, and its events."""
    deadline = time.monotonic() + PORT_TIMEOUT
    while error := why_not(settings.collector_host, settings.collector_port):
        if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            where = place(settings.collector_host, settings.collector_port)
            raise DogearError(
                f"The collector cannot listen on {where}: {error.strerror}. "
                "Set DOGEAR_COLLECTOR_HOST or DOGEAR_COLLECTOR_PORT."
            )
        time.sleep(0.1)
