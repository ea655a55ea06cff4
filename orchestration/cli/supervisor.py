"""Keep Dagster's processes: start them, wait until they serve, stop every one of them."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

from orchestration.errors import DogearError
from orchestration.settings import PROJECT_ROOT, Settings

START_TIMEOUT = 120
STOP_TIMEOUT = 30
LOOK_EVERY = 0.5
LOCATION_QUESTION = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError {
    __typename ... on PythonError { message } } } } } }
"""


@contextmanager
def alone(settings: Settings) -> Generator[None]:
    """Hold the installation for one ``dogear up``; a second one is told so."""
    with (settings.home_folder / "up.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DogearError(
                f"`dogear up` already runs on {settings.home_folder}. Stop it, or set DOGEAR_HOME."
            ) from None
        check_address(settings.host, settings.port, "Choose another: --port")
        check_address(settings.collector_host, settings.collector_port, "Set DOGEAR_COLLECTOR_PORT to another")
        yield


def check_address(host: str, port: int, way_out: str) -> None:
    """Raises DogearError where nobody may listen there."""
    if error := why_not(host, port):
        raise DogearError(f"{host}:{port} cannot be used: {error.strerror}. {way_out}.")


def why_not(host: str, port: int) -> OSError | None:
    """Why nobody may listen there; None where one may."""
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


@contextmanager
def running_dagster(settings: Settings, environment: Mapping[str, str]) -> Generator[subprocess.Popen[bytes]]:
    """Dagster's UI, daemon and code server, serving; all of their processes are gone when the block ends."""
    log_file = settings.home_folder / "dagster" / "dagster.log"
    address = ["--host", settings.host, "--port", str(settings.port)]
    command = [sys.executable, "-m", "dagster", "dev", "--workspace", str(PROJECT_ROOT / "workspace.yaml"), *address]
    with log_file.open("wb") as log:
        dagster = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=PROJECT_ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            # In a group of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
            start_new_session=True,
        )
    try:
        wait_until_serving(f"http://{settings.host}:{settings.port}", dagster, log_file)
        yield dagster
    finally:
        stop_all(dagster)


def wait_until_serving(url: str, dagster: subprocess.Popen[bytes], log_file: Path) -> None:
    """Return when the UI answers and the code location is loaded. Raises DogearError where that cannot happen."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if dagster.poll() is not None:
            raise DogearError(f"Dagster stopped at once; the end of {log_file}:\n{tail(log_file)}")
        if location_is_loaded(url):
            return
        time.sleep(0.2)
    raise DogearError(f"Dagster does not answer at {url} after {START_TIMEOUT} s. See {log_file}.")


def location_is_loaded(url: str) -> bool:
    try:
        answer = requests.post(f"{url}/graphql", json={"query": LOCATION_QUESTION}, timeout=10).json()
    except (requests.ConnectionError, requests.Timeout, requests.JSONDecodeError):
        return False
    entries = answer["data"]["workspaceOrError"].get("locationEntries", [])
    for entry in entries:
        if entry["locationOrLoadError"] and entry["locationOrLoadError"]["__typename"] == "PythonError":
            raise DogearError(f"The code location cannot be loaded: {entry['locationOrLoadError']['message'].strip()}")
    return bool(entries) and all(entry["loadStatus"] == "LOADED" for entry in entries)


def interrupt_on_termination() -> None:
    """Let a service manager, or a terminal that closes, stop us as Ctrl-C does; a shell may have had that ignored."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, interrupt)


def wait_for_stop(dagster: subprocess.Popen[bytes], look_after_others: Callable[[], object]) -> None:
    """Wait for Ctrl-C, which is a KeyboardInterrupt, and look after other processes meanwhile.

    Raises DogearError where Dagster ends by itself.
    """
    while True:
        try:
            dagster.wait(LOOK_EVERY)
            break
        except subprocess.TimeoutExpired:
            look_after_others()
    raise DogearError("Dagster has ended by itself; see dagster/dagster.log in DOGEAR_HOME.")


def stop_all(dagster: subprocess.Popen[bytes]) -> None:
    """Ask Dagster to stop, then make sure that none of its processes is left; a second Ctrl-C does not cut it short."""
    sys.stdout.write(f"\nStopping; a run that is under way has {STOP_TIMEOUT} seconds to end\n")
    sys.stdout.flush()
    for impatient in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(impatient, signal.SIG_IGN)
    end(dagster, signal.SIGINT)


def end(process: subprocess.Popen[bytes], wanted: signal.Signals) -> None:
    """Ask a process to end by a signal, and make sure that neither it nor any that it started is left."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.send_signal(wanted)
    _, left = psutil.wait_procs(family, timeout=STOP_TIMEOUT)
    for relative in left:
        relative.kill()
    psutil.wait_procs(left, timeout=STOP_TIMEOUT)
    process.wait()


def tail(file: Path, lines: int = 15) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
