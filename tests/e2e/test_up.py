"""What ``make run`` starts: it serves, it shows lineage and runs, and it leaves nothing behind.

By an ordinary user; where root runs the tests, root starts the wheel (``test_wheel.py``).
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from orchestration.cli.kept_process import left_after
from tests.e2e.admin_in_browser import admin_sees_dagster
from tests.e2e.hostile_pages import changed_by_pages_of_others
from tests.e2e.listening import documented, found
from tests.installation import bare_environment
from tests.serving.collector.running import free_port, until

LINEAGE = "{ assetNodes { assetKey { path } dependencyKeys { path } } }"
LAST_RUN = """
{ runsOrError(filter: {pipelineName: "build"}, limit: 1) { ... on Runs { results {
    jobName status stats { ... on RunStatsSnapshot { materializations } } } } } }
"""


@pytest.fixture
def user() -> pwd.struct_passwd:
    """Who runs the tests, but for root: then it is nobody."""
    return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")


@pytest.fixture
def home(user: pwd.struct_passwd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that is the user's own, outside of the folders that pytest keeps for itself."""
    home = Path("/tmp") / f"dogear-up-{os.getpid()}-{user.pw_name}"  # noqa: S108 - the user must be able to reach it
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    yield home
    shutil.rmtree(home)


def become(user: pwd.struct_passwd) -> dict[str, Any]:
    """What makes subprocess run a command as ``user``."""
    return {} if user.pw_uid == os.geteuid() else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def may_run(python: str, user: pwd.struct_passwd) -> bool:
    """Whether ``user`` may run it, and whether it is the Python that our packages were installed for."""
    question = "import sys, sysconfig; print(sysconfig.get_config_var('SOABI'))"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False, **become(user))
    except OSError:
        return False
    return answer.stdout.strip() == sysconfig.get_config_var("SOABI")


@pytest.fixture
def python(user: pwd.struct_passwd, home: Path) -> str:
    """A Python with our packages that ``user`` may run, even where root keeps its own to itself."""
    if may_run(sys.executable, user):
        return sys.executable
    others = [path for path in ("/usr/bin/python3", "/usr/local/bin/python3") if may_run(path, user)]
    if not others:
        reason = f"{user.pw_name} may run neither {sys.executable} nor another Python {sys.version_info[:2]}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    twin = home / "venv"
    (twin / "bin").mkdir(parents=True)
    (twin / "bin" / "python").symlink_to(others[0])
    (twin / "pyvenv.cfg").write_text(f"home = {Path(others[0]).parent}\n")
    (twin / "lib").symlink_to(Path(sys.prefix) / "lib")
    return str(twin / "bin" / "python")


def start(python: str, home: Path, port: int, user: pwd.struct_passwd) -> subprocess.Popen[str]:
    ports = {"DOGEAR_PORT": port, "DOGEAR_COLLECTOR_PORT": free_port(), "DOGEAR_WEB_PORT": free_port()}
    environment = bare_environment() | {"DOGEAR_HOME": str(home / "state"), "HOME": str(home)}
    environment |= {name: str(port) for name, port in ports.items()}
    command = [python, "-m", "orchestration.cli.main", "up"]
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As a shell does with what it starts in the background; it must stop all the same.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        **become(user),
    )


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Ctrl-C stops everything"):
            return said
    raise AssertionError(f"ended before it was ready:\n{said}")


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes that work in this installation, or have it in their arguments or environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            if str(home) in " ".join([*process.cmdline(), *process.environ().values()]):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def ports_of(process: subprocess.Popen[str]) -> dict[str, int]:
    """The ports that a process was given, by their variables."""
    environment = psutil.Process(process.pid).environ()
    return {name: int(environment[name]) for name in ("DOGEAR_PORT", "DOGEAR_COLLECTOR_PORT", "DOGEAR_WEB_PORT")}


def listening_as_documented(process: subprocess.Popen[str], home: Path) -> list[psutil.Process]:
    """Check where its processes listen; returns those that it keeps running, which are all but PostgreSQL."""
    allowed = documented(ports_of(process))
    running = [it for it in processes_of(home) if it.pid != process.pid]
    assert found(running, allowed) == allowed
    names = allowed.keys() - {"postgres"}
    return [it for it in running if any(name in " ".join(it.cmdline()) for name in names)]


def ask(port: int, question: str) -> dict:
    answer = requests.post(f"http://127.0.0.1:{port}/dagster/graphql", json={"query": question}, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_up_serves_and_leaves_nothing(python, home, user):
    port = free_port()
    process = start(python, home, port, user)
    try:
        said = read_until_ready(process)
        assert f"http://127.0.0.1:{port}" in said

        lineage = {
            "/".join(node["assetKey"]["path"]): {"/".join(key["path"]) for key in node["dependencyKeys"]}
            for node in ask(port, LINEAGE)["assetNodes"]
        }
        assert upstream_of(lineage, "marts/analytics_aggregates") >= {"raw/events", "content/items"}
        (run,) = ask(port, LAST_RUN)["runsOrError"]["results"]
        assert (run["jobName"], run["status"]) == ("build", "SUCCESS")
        assert run["stats"]["materializations"] > 10

        ports = ports_of(process)
        kept = listening_as_documented(process, home)
        assert changed_by_pages_of_others(port) == set()
        (link,) = re.findall(rf"http://127.0.0.1:{ports['DOGEAR_WEB_PORT']}/sign-in/link\S+", said)
        admin_sees_dagster(f"http://127.0.0.1:{ports['DOGEAR_WEB_PORT']}", link)
        comes_back(kept, ports["DOGEAR_WEB_PORT"])

        process.kill()
        process.wait(timeout=60)
        # Killed, it leaves nothing that schedules or holds the ports, but PostgreSQL: the next one starts at once.
        assert left_after(10, kept) == []
        process = start(python, home, port, user)
        assert "every day is built" in read_until_ready(process)

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        # Python's own helper of the process that ended goes a moment later; so does a run, which outlives a kill.
        assert left_after(90, processes_of(home)) == []
    finally:
        for left in processes_of(home):
            left.kill()


def comes_back(running: list[psutil.Process], port: int) -> None:
    """A web process that dies is started again, and the others go on."""
    web, others = (
        [it for it in running if ("serving.run_server" in it.cmdline()) == is_web] for is_web in (True, False)
    )
    for process in web:
        process.kill()
    until(lambda: answers(port))
    assert [it.pid for it in others if not it.is_running()] == []


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok
    except requests.RequestException:
        return False


def upstream_of(lineage: dict[str, set[str]], asset: str) -> set[str]:
    found: set[str] = set()
    waiting = [asset]
    while waiting:
        new = lineage.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
