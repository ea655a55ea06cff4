"""An appended line is on disk, or its sender learns that it is not."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.events.journal import journal as module
from orchestration.events.journal.journal import Journal, JournalFullError
from orchestration.events.journal.journal_files import sealed_files


def lines_of(folder: Path) -> list[bytes]:
    return [line for file in sealed_files(folder) for line in file.read_bytes().splitlines()]


def test_all_that_waits_is_written_when_it_ends(tmp_path: Path):
    async def appended() -> None:
        with Journal(tmp_path / "journal", 0) as journal:
            waiting = [journal.append(b"%d" % number) for number in range(1_000)]
        await asyncio.gather(*waiting)
        with pytest.raises(JournalFullError, match="ends"):
            await journal.append(b"late")

    asyncio.run(appended())
    assert lines_of(tmp_path / "journal") == [b"%d" % number for number in range(1_000)]


def test_a_client_that_goes_away_does_not_hold_up_the_others(tmp_path: Path):
    async def appended() -> None:
        with Journal(tmp_path, 0) as journal:
            waiting = [journal.append(b"%d" % number) for number in range(100)]
            for gone in waiting[::2]:
                gone.cancel()
            await asyncio.wait_for(asyncio.gather(*waiting[1::2]), 10)

    asyncio.run(appended())
    assert len(lines_of(tmp_path)) == 100


def test_a_thread_that_fails_fails_those_who_wait_and_ends_the_process(tmp_path: Path):
    ended = threading.Event()
    not_bytes: Any = "a text"

    async def appended() -> None:
        with Journal(tmp_path, 0, on_failure=ended.set) as journal:
            await journal.append(b"kept")
            waiting = [journal.append(line) for line in (not_bytes, b"with it")]
            for future in waiting:
                with pytest.raises(JournalFullError, match="failed"):
                    await asyncio.wait_for(future, 10)
            with pytest.raises(JournalFullError):
                await journal.append(b"after it")

    asyncio.run(appended())
    assert ended.is_set()
    assert lines_of(tmp_path) == [b"kept"]


def test_so_much_may_wait_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST_QUEUE", 1_000)

    async def appended() -> None:
        with Journal(tmp_path, 0) as journal:
            with pytest.raises(JournalFullError, match="too much"):
                await journal.append(b"x" * 1_001)
            await journal.append(b"x" * 1_000)

    asyncio.run(appended())


def test_files_are_never_taken_while_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A loader that looks without a pause meets files at any moment of their lives."""
    monkeypatch.setattr("orchestration.events.journal.journal_files.OLDEST_FILE", 0.0)
    taken: list[bytes] = []
    stop = threading.Event()

    def take() -> None:
        while not stop.is_set():
            for file in sealed_files(tmp_path):
                taken.extend(file.read_bytes().splitlines())
                file.unlink()

    async def appended() -> None:
        with Journal(tmp_path, 0) as journal:
            for number in range(200):
                await journal.append(b"%d" % number)

    taker = threading.Thread(target=take)
    taker.start()
    try:
        asyncio.run(appended())
    finally:
        stop.set()
        taker.join()
    taken.extend(lines_of(tmp_path))
    assert sorted(taken, key=int) == [b"%d" % number for number in range(200)]


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path):
    folder = tmp_path / "journal"

    async def appended() -> None:
        with Journal(folder, 0) as journal:
            await journal.append(b"gone with the folder")
            subprocess.run(["rm", "-r", folder], check=True)
            with pytest.raises(JournalFullError):
                await asyncio.wait_for(journal.append(b"refused"), 10)
            await asyncio.wait_for(journal.append(b"kept"), 10)

    asyncio.run(appended())
    assert lines_of(folder) == [b"kept"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_in_the_middle_of_a_write(small_disk: Path):
    folder = small_disk / "journal"
    (small_disk / "other").write_bytes(b"x" * 500_000)

    async def appended() -> None:
        with Journal(folder, -(2**30)) as journal:  # no reserve at all: it writes until the disk is full
            await journal.append(b"first")
            with pytest.raises(JournalFullError, match="No space left"):
                await journal.append(b"x" * 800_000)
            (small_disk / "other").unlink()
            await journal.append(b"last")

    asyncio.run(appended())
    assert lines_of(folder) == [b"first", b"last"]
