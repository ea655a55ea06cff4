"""What others on the machine may do with the folder of all state, and with what is published."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from orchestration.lake.storage import publish_in_folder
from orchestration.settings import Settings
from orchestration.state_folder import make_state_folder
from tests.installation import DOGEAR, bare_environment

VISIT = '192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "Mozilla/5.0 Firefox/130"\n'
# Where root runs PostgreSQL as another user, these are passed through by it.
PASSAGE = {"home", "home/postgres"} if os.geteuid() == 0 else set()


def open_to_others(folder: Path) -> dict[str, str]:
    """``folder`` and what stands directly in it, where it is not its owner's alone, with what others may do."""
    found: dict[str, str] = {}
    for path in (folder, *folder.iterdir()):
        if mode := stat.S_IMODE(path.lstat().st_mode) & 0o077:
            found[str(path.relative_to(folder.parent))] = f"{mode:03o}"
    return found


def test_an_installation_from_before_is_closed_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("lake", "postgres", "not ours"):
        (home / name).mkdir(mode=0o755, parents=True)
    (home / "collector.log").touch(0o644)
    home.chmod(0o755)
    assert Settings(home=home).home_folder == home
    assert open_to_others(home) == {**dict.fromkeys(PASSAGE, "001"), "home/not ours": "055"}


@pytest.mark.parametrize("mode", [0o1777, 0o755])
def test_a_folder_that_all_share_stays_so(tmp_path: Path, mode: int) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lake").symlink_to(shared)
    make_state_folder(tmp_path / "home")
    if mode & stat.S_ISVTX:
        make_state_folder(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == mode


def run(*arguments: str, home: Path, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A command on the embedded server, started by somebody whose files others may read."""
    environment = {**bare_environment(), "DOGEAR_HOME": str(home)}
    command = [*before, DOGEAR, *arguments]
    return subprocess.run(command, env=environment, umask=0o022, capture_output=True, text=True, check=False)


def test_what_commands_write_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (log := tmp_path / "access.log").write_text(VISIT)
    for command in (["site", "add", "a.example"], ["import", str(log)], ["lake", "export"]):
        done = run(*command, home=home)
        assert done.returncode == 0, done.stderr
    assert open_to_others(home) == dict.fromkeys(PASSAGE, "001")
    reachable = [*(home / "postgres").iterdir(), *(home / "lake").rglob("*")]
    assert any(path.suffix == ".parquet" for path in reachable)
    assert [path for path in reachable if stat.S_IMODE(path.lstat().st_mode) & 0o077] == []


def test_a_lake_that_others_may_read_stays_readable(tmp_path: Path) -> None:
    root, before = tmp_path / "lake", os.umask(0o077)
    try:
        root.mkdir()
        root.chmod(0o750)
        (tmp_path / "file").write_bytes(b"x")
        publish_in_folder(tmp_path / "file", root, "events/day=2026-03-02/events.parquet")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*") if path.is_dir()}
    assert modes == {0o750}
    assert stat.S_IMODE((root / "events/day=2026-03-02/events.parquet").stat().st_mode) == 0o640


def test_a_state_folder_that_cannot_be_written_is_named_in_one_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    # Root, too, without its right to write everywhere.
    before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") if os.geteuid() == 0 else ()
    for command in (["site", "list"], ["build"], ["collect"], ["up"]):
        done = run(*command, home=home, before=before)
        assert done.returncode == 1
        assert done.stderr.startswith(f"dogear: {home}/"), done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
