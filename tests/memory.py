"""A folder in memory, where there is enough: databases come and go a dozen times as fast there as on a disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder has the number of this process in its name
NAME = "dogear-tests-"
# For each process of tests.
ENOUGH = 4 * 2**30


@contextmanager
def folder_in_memory(otherwise: Path) -> Iterator[Path]:
    """Yield an empty folder that goes with the block; ``otherwise`` where memory has no room for it."""
    for left in MEMORY.glob(f"{NAME}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(NAME))):
            shutil.rmtree(left, ignore_errors=True)
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH or psutil.virtual_memory().available < ENOUGH:
        yield otherwise
        return
    folder = MEMORY / f"{NAME}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
