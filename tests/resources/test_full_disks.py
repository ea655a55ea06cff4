"""Disks that are full: a sentence says which, nothing is lost or half done, and the same command goes on after that.

The disks are small ones in memory. Only root mounts them: others skip these tests (docs/servers.md says so).
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from orchestration.resources.migrations import migrate
from tests.analysts.readers import EVENTS, SITE, write_events
from tests.cli.test_bad_input import one_line
from tests.installation import Installation
from tests.resources.foreign_server import ForeignServer, folder_of_owner

BLOCK = bytes(4096)


class SmallDisk:
    """A disk of a few megabytes, for root and for who runs PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    @contextmanager
    def full(self) -> Iterator[None]:
        """Until the block ends, not a byte is left."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(BLOCK):
                pass
        assert shutil.disk_usage(self.folder).free == 0
        yield
        self._ballast.unlink()


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[SmallDisk]:
    """A small disk of ``request.param`` megabytes."""
    with folder_of_owner() as folder:
        place = folder / "disk"
        place.mkdir()
        options = f"size={request.param}m,mode=777"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
        yield SmallDisk(place)
        subprocess.run(["umount", place], check=True)


def refusal(installation: Installation, *command: str) -> str:
    done = installation.dogear(*command, check=False)
    assert done.returncode == 1
    return one_line(done.stderr.strip() + "\n")


@pytest.mark.parametrize("disk", [16], indirect=True)
def test_the_disk_of_the_state_folder(disk: SmallDisk, database_url: str, tmp_path: Path):
    home = disk.folder / "home"
    here = Installation({"DATABASE_URL": database_url, "DOGEAR_HOME": str(home)}, database_url)
    here.dogear("site", "add", SITE)
    here.dogear("import", str(write_events(tmp_path / "events.ndjson", EVENTS)))
    with disk.full():
        assert f"The lake {home}/lake takes no files: No space left on device." in refusal(here, "lake", "export")
        said = refusal(here, "build")
        assert f"dbt cannot write to {home}/dbt/" in said
        assert f"Make room on the disk of {home} (0 MB are free), then do the same again." in said
    here.dogear("lake", "export")
    assert len(list((home / "lake").rglob("*.parquet"))) == len({event["data"]["occurred_at"][:10] for event in EVENTS})


@pytest.mark.parametrize("disk", [100], indirect=True)
def test_the_disk_of_postgresql(disk: SmallDisk, tmp_path: Path):
    server = ForeignServer(disk.folder)
    server.create()
    with server.running("shared_buffers=16MB"):
        server.add_owner("me", "", "mine")
        url = server.socket_url("me", "mine")
        migrate(url)
        here = Installation({"DATABASE_URL": url, "DOGEAR_HOME": str(tmp_path / "home")}, url)
        here.dogear("site", "add", SITE)
        file = str(write_events(tmp_path / "events.ndjson", EVENTS))
        with disk.full():
            assert "Make room on the disk of PostgreSQL's server, then do the same again." in refusal(
                here, "import", file
            )
            assert here.rows("select count(*) from raw.events") == [(0,)]
        here.dogear("import", file)
        assert here.rows("select count(*) from raw.events") == [(len(EVENTS),)]
