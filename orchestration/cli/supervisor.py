"""One `dogear up` at a time, on addresses where it may listen; and what runs, until it is stopped."""

import fcntl
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import combinations
from typing import NoReturn, Protocol

from orchestration.cli.kept_process import LOOK_EVERY
from orchestration.errors import DogearError
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.listening import place, why_not
from orchestration.settings import Settings

LOOK_AT_SERVER_EVERY = 5.0


class Kept(Protocol):
    """Processes that are started again when ``keep_running`` finds that they have ended."""

    def keep_running(self) -> None: ...


@contextmanager
def alone(settings: Settings) -> Generator[None]:
    """Hold the installation for one ``dogear up``; refuse a second one."""
    with (settings.home_folder / "up.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DogearError(
                f"`dogear up` already runs on {settings.home_folder}. Stop it, or set DOGEAR_HOME."
            ) from None
        refuse_shared_ports(settings)
        check_address(settings.host, settings.port, "Choose another: --port")
        check_address(settings.collector_host, settings.collector_port, "Set DOGEAR_COLLECTOR_PORT to another")
        check_address(settings.web_host, settings.web_port, "Set DOGEAR_WEB_PORT to another")
        yield


def refuse_shared_ports(settings: Settings) -> None:
    """Raise DogearError if two of our servers would listen on one port."""
    servers = [
        ("The Dagster UI", "DOGEAR_PORT", settings.port),
        ("the collector", "DOGEAR_COLLECTOR_PORT", settings.collector_port),
        ("the web process", "DOGEAR_WEB_PORT", settings.web_port),
    ]
    for (one, its_setting, port), (other, other_setting, other_port) in combinations(servers, 2):
        if port == other_port:
            raise DogearError(
                f"{one[0].upper()}{one[1:]} and {other} cannot both listen on port {port}: set {its_setting} or "
                f"{other_setting} to another."
            )


def check_address(host: str, port: int, way_out: str) -> None:
    """Raise DogearError if we cannot listen there."""
    if error := why_not(host, port):
        raise DogearError(f"{place(host, port)} cannot be used: {error.strerror}. {way_out}.")


def interrupt_on_termination() -> None:
    """Let a service manager, or a closed terminal, stop us as Ctrl-C does; a shell may have set SIGINT to ignored."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, interrupt)


def keep_all_running(settings: Settings, kept: Sequence[Kept], and_then: Callable[[], None] | None = None) -> NoReturn:
    """Keep them, and the embedded PostgreSQL, running until we are interrupted. Call ``and_then`` every few seconds."""
    next_look = time.monotonic()
    while True:
        for processes in kept:
            processes.keep_running()
        if time.monotonic() > next_look:
            revive_embedded_server(settings)
            if and_then is not None:
                and_then()
            next_look = time.monotonic() + LOOK_AT_SERVER_EVERY
        time.sleep(LOOK_EVERY)


def revive_embedded_server(settings: Settings) -> None:
    """Restart the embedded PostgreSQL if it has crashed; other processes that use it do not check."""
    if settings.database_url is None:
        with suppress(DogearError), EmbeddedPostgres(settings.home_folder / "postgres"):
            pass  # the lock that we hold outside keeps it running
