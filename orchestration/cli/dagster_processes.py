"""Dagster's processes: the code server, the daemon, and the UI behind our guard."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from orchestration.cli.kept_process import STOP_TIMEOUT, KeptProcess, end, last_lines, tail
from orchestration.errors import DogearError
from orchestration.resources.dagster_home import UI_PATH
from orchestration.resources.listening import place, reached_at, warn_if_reachable
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.terminal import say

START_TIMEOUT = 120
REACHABLE = (
    "it has no accounts, so they may do all that you may; put a proxy in front that authenticates them "
    "(docs/security.md), or DOGEAR_HOST=127.0.0.1."
)
LOCATION = "dogear"
MODULE = ("--module-name", "orchestration.definitions", "--working-directory", str(PROJECT_ROOT))
# With lazy loading, the server stays alive even if its code cannot be loaded, and says why.
CODE = (*MODULE, "--location-name", LOCATION, "--log-level", "warning", "--lazy-load-user-code")
LOCATION_QUESTION = """
{ workspaceOrError { __typename ...failure
    ... on Workspace { locationEntries { locationOrLoadError { __typename ...failure } } } } }
fragment failure on PythonError { className message errorChain { error { message } } }
"""
# The code server does not listen yet. Every other error is one of the code, which Dagster does not retry.
NOT_UP_YET = "DagsterUserCodeUnreachableError"


class DagsterProcesses:
    """``with DagsterProcesses(…)`` runs them inside the block; none of them is left when it ends."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.url = f"http://{place(reached_at(settings.host), settings.port)}{UI_PATH}"
        self.log_file = settings.home_folder / "dagster" / "dagster.log"
        # They do all that Dogear does, and need all that we have.
        self._environment = {**os.environ, **environment}

    def __enter__(self) -> "DagsterProcesses":
        self._log = self.log_file.open("wb")
        # A folder that only we can open, with a short name: a socket's path holds at most 107 letters.
        self._folder = tempfile.TemporaryDirectory(prefix="dogear-")
        socket, workspace = Path(self._folder.name, "code.sock"), Path(self._folder.name, "workspace.yaml")
        workspace.write_text(
            json.dumps({"load_from": [{"grpc_server": {"socket": str(socket), "location_name": LOCATION}}]})
        )
        # Not behind Dagster's own code-server, which reloads code, and outlives us by half a minute when we are killed.
        commands = (
            ["dagster", "api", "grpc", *CODE, "--socket", str(socket)],
            ["dagster._daemon", "run", "--workspace", str(workspace)],
            ["orchestration.cli.dagster_ui", str(workspace)],
        )
        self.processes = [KeptProcess(command, self._environment, self._log) for command in commands]
        try:
            self._wait_until_serving()
        except BaseException:
            self._stop_all()
            raise
        warn_if_reachable("The Dagster UI", self.settings.host, self.settings.port, REACHABLE)
        return self

    def __exit__(self, *_: object) -> None:
        say()
        say(f"Stopping; a run that is under way has {STOP_TIMEOUT} seconds to end")
        # A second Ctrl-C does not cut it short.
        for impatient in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(impatient, signal.SIG_IGN)
        self._stop_all()

    def keep_running(self) -> None:
        """Start again what has ended; ask so every moment, in the thread that entered."""
        for process in self.processes:
            process.keep_running()

    def _stop_all(self) -> None:
        end([kept.process for kept in self.processes], signal.SIGINT)
        self._log.close()
        self._folder.cleanup()

    def _wait_until_serving(self) -> None:
        """Return when the UI answers and the code location is loaded. Raise DogearError if that cannot happen."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if any(kept.has_ended for kept in self.processes):
                raise DogearError(f"Dagster stopped at once; the end of {self.log_file}:\n{tail(self.log_file)}")
            if location_is_loaded(self.url):
                return
            time.sleep(0.2)
        raise DogearError(f"Dagster does not answer at {self.url} after {START_TIMEOUT} s. See {self.log_file}.")


def location_is_loaded(url: str) -> bool:
    """Return whether the UI answers and has loaded the code location. Raise DogearError if it cannot load it."""
    try:
        answer = requests.post(f"{url}/graphql", json={"query": LOCATION_QUESTION}, timeout=10).json()
    except (requests.ConnectionError, requests.Timeout, requests.JSONDecodeError):
        return False
    workspace = answer["data"]["workspaceOrError"]
    locations = [entry["locationOrLoadError"] for entry in workspace.get("locationEntries", [])]
    for found in (workspace, *locations):
        if found["__typename"] == "PythonError" and found["className"] != NOT_UP_YET:
            raise DogearError(f"Dagster cannot load {MODULE[1]}:\n{end_of_messages(found)}")
    return [found["__typename"] for found in locations] == ["RepositoryLocation"]


def end_of_messages(failure: dict[str, Any]) -> str:
    """Return the last lines of an error of Dagster's, and of its causes, the first cause last."""
    messages = [failure["message"], *(link["error"]["message"] for link in failure["errorChain"])]
    return last_lines("\n".join(message.strip() for message in messages))
