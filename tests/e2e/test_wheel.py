"""Dogear as a wheel: installed into an empty environment it runs in an empty folder, and writes nowhere else."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.cli.kept_process import left_after
from orchestration.settings import PROJECT_ROOT
from tests.e2e.test_up import listening_as_documented, processes_of, read_until_ready
from tests.installation import bare_environment
from tests.serving.collector.running import free_port

UV = Path(sys.executable).with_name("uv")
NOT_WRITTEN = {"__pycache__"}


def files_of(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each file below the folder, but for what Python compiles."""
    return {
        path: (found.st_size, found.st_mtime_ns)
        for path in folder.rglob("*")
        if not NOT_WRITTEN & set(path.parts) and (found := path.lstat()) and not path.is_dir()
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and what its metadata asks for, in the versions of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {**os.environ, "VIRTUAL_ENV": str(folder / "env")}
    build = [UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--out-dir", folder, PROJECT_ROOT]
    subprocess.run(build, check=True)
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    install = [UV, "pip", "install", "--quiet", "--constraint", PROJECT_ROOT / "requirements.lock"]
    subprocess.run([*install, *folder.glob("*.whl")], check=True, env={**environment, "UV_COMPILE_BYTECODE": "0"})
    return folder / "env"


@pytest.fixture
def around(installed: Path) -> Iterator[dict[str, Path]]:
    """The folders that a program may write to, each empty: it is to use the first alone."""
    root = Path("/tmp") / f"dogear-wheel-{os.getpid()}"  # noqa: S108 - PostgreSQL's user must be able to reach it
    folders = {name: root / name for name in ("work", "home", "temporary")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    yield folders
    shutil.rmtree(root)


def test_it_runs_in_an_empty_folder_and_writes_nowhere_else(installed: Path, around: dict[str, Path]) -> None:
    home = around["work"] / ".dogear"
    environment = {
        **{name: value for name, value in bare_environment().items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": f"{installed / 'bin'}:{os.environ['PATH']}",
        "HOME": str(around["home"]),
        "TMPDIR": str(around["temporary"]),
        "DOGEAR_PORT": str(free_port()),
        "DOGEAR_WEB_PORT": str(free_port()),
        "DOGEAR_COLLECTOR_PORT": str(free_port()),
    }
    before = files_of(installed)
    with subprocess.Popen(
        ["dogear", "up"], cwd=around["work"], env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            said = read_until_ready(program)
            question = "select sum(page_views) > 1000 from marts.analytics_daily_sites"
            psql = ["dogear", "psql", "--tuples-only", "--no-align", "--command", question]
            answer = subprocess.run(
                psql, cwd=around["work"], env=environment, capture_output=True, text=True, check=False
            )
            listening_as_documented(program, home)
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=60)
        finally:
            program.kill()
    assert (answer.stdout, program.returncode) == ("t\n", 0)
    assert "  Tables                     dogear psql\n" in said
    assert [path.name for path in around["work"].iterdir()] == [".dogear"]
    assert files_of(installed) == before
    assert [*around["home"].rglob("*"), *around["temporary"].rglob("*")] == []
    assert left_after(90, processes_of(home)) == []
