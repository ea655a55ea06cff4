"""Faults while days are written or read: nobody sees half a day, the fault is found, and a later run repairs it."""

import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import DogearError
from orchestration.lake.compare import compare_days
from orchestration.lake.export import export_days
from orchestration.lake.reader import LakeReader
from orchestration.lake.storage import open_lake
from orchestration.resources.duckdb_engine import open_duckdb

MAY = [date(2026, 5, 1) + timedelta(days=number) for number in range(5)]
BY_DAY = "select day, count(*) from raw.events group by day order by day"
EXPORT = """
import resource, sys
from datetime import date
from orchestration.lake.export import export_days
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings
url, home, largest, *days = sys.argv[1:]
settings = Settings(home=home)
if int(largest):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
print("begun", flush=True)
for done in export_days(url, settings, open_duckdb(settings), map(date.fromisoformat, days)):
    print(done.day, flush=True)
"""


def exporting(lake, days: list[date], largest_file: int = 0) -> subprocess.Popen[str]:
    arguments = [lake.url, str(lake.settings.home), str(largest_file), *map(str, days)]
    command = [sys.executable, "-c", EXPORT, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def verdicts(lake) -> dict[date, str]:
    return {found.day: found.verdict for found in compare_days(lake.url, lake.settings, open_duckdb(lake.settings))}


def unfinished(lake) -> list[Path]:
    return list(Path(lake.settings.lake).rglob(".unfinished*"))


@pytest.mark.parametrize("after", ["first file aside", "second file aside"])
def test_killed_while_it_writes_and_run_again(lake, after):
    for day in MAY:
        lake.add(day, 1000)
    process = exporting(lake, MAY)
    assert process.stdout
    for _ in range(1 if after == "first file aside" else 2):
        process.stdout.readline()
    while not unfinished(lake) and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()

    if lake.rows("select from lake.days") and Path(lake.settings.lake, "manifest.json").exists():
        assert all(rows == 1000 for _, rows in lake.read(BY_DAY))
    for file in Path(lake.settings.lake).rglob("*.parquet"):
        assert duckdb.sql(f"select count(*) from '{file}'").fetchall() == [(1000,)]
    lake.export()
    assert lake.read(BY_DAY) == [(day, 1000) for day in MAY]
    assert set(verdicts(lake).values()) == {"equal"}
    assert unfinished(lake) == []


def test_readers_see_each_day_before_or_after_it_is_written_again_and_nothing_between(lake):
    for day in MAY:
        lake.add(day, 500)
    lake.export()
    seen: set[int] = set()
    reader, done = LakeReader(lake.settings), threading.Event()

    def read() -> None:
        while not done.is_set():
            with reader.session() as session:
                seen.update(rows for _, rows in session.execute(BY_DAY).fetchall())

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for until in (501, 502, 503):
            for day in MAY:
                lake.add(day, until, since=until)
            lake.export()
    finally:
        done.set()
        thread.join()
        reader.close()
    assert seen <= {500, 501, 502, 503}
    assert lake.read(BY_DAY) == [(day, 503) for day in MAY]


def test_two_exports_at_once(lake):
    for day in MAY:
        lake.add(day, 300)
    both = [exporting(lake, MAY), exporting(lake, MAY)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert lake.read(BY_DAY) == [(day, 300) for day in MAY]
    assert set(verdicts(lake).values()) == {"equal"}


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
def test_a_damaged_file_is_found_and_written_again(lake, damage):
    for day in MAY[:2]:
        lake.add(day, 300)
    lake.export()
    damage(lake.file(MAY[0]))
    found = verdicts(lake)
    assert found[MAY[0]] in {"unequal", "unreadable"}
    assert found[MAY[1]] == "equal"
    assert lake.changed() == [MAY[0]]
    assert lake.rows("select repaired_at, reason is not null from lake.checks where verdict <> 'equal'") == [
        (None, True)
    ]

    lake.export()
    assert verdicts(lake) == {MAY[0]: "equal", MAY[1]: "equal"}
    assert lake.rows("select repaired_at is not null from lake.checks where verdict <> 'equal'") == [(True,)]


def test_a_full_disk_leaves_the_lake_as_it_was(lake):
    lake.add(MAY[0], 300)
    lake.export()
    lake.add(MAY[0], 1300, since=301)
    process = exporting(lake, MAY[:1], largest_file=10_000)
    _, error = process.communicate(timeout=120)
    assert process.returncode
    assert "2026-05-01 of raw.events cannot be written to the lake" in error
    assert lake.read(BY_DAY) == [(MAY[0], 300)]
    assert lake.changed() == [MAY[0]]
    lake.export()
    assert lake.read(BY_DAY) == [(MAY[0], 1300)]
    assert unfinished(lake) == []


def test_a_lake_that_is_no_folder_says_so(lake, tmp_path):
    lake.add(MAY[0])
    (tmp_path / "home").mkdir(exist_ok=True)
    Path(lake.settings.lake).write_text("in the way")
    with pytest.raises(DogearError, match=r"The lake .* takes no files: .* Check that it is a folder"):
        list(export_days(lake.url, lake.settings, open_duckdb(lake.settings), MAY[:1]))
    assert open_lake(lake.settings.lake).url == lake.settings.lake
