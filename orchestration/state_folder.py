"""The folder of all state is its owner's alone: who visited, logs and locks are nobody else's business."""

import os
import stat
from pathlib import Path

# What stands in it, but media, which are there for all to read. What else stands there is not ours to change.
STATE = (
    *("dagster", "dbt", "docs", "drop", "duckdb-spill", "journal", "lake", "postgres", "repositories", "sample"),
    *("collector.log", "up.lock", "warehouse.duckdb", "warehouse.duckdb.lock"),
)
# Where root runs PostgreSQL as another user, that user must pass through these, but can read neither.
PASSAGE = ("", "postgres")


def make_state_folder(folder: Path) -> None:
    """Make ``folder`` for its owner only; what is there from before becomes so. Raises OSError if that cannot be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("", *STATE):
        keep = stat.S_IRWXU | (stat.S_IXOTH if os.geteuid() == 0 and name in PASSAGE else 0)
        close_to_others(folder / name, keep)


def close_to_others(path: Path, keep: int) -> None:
    """Take all rights but ``keep`` from ``path``, if it is our own, no link, and no folder that all share, as /tmp."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(found.st_mode)
    is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode) and not mode & stat.S_ISVTX
    if is_ours and mode & ~keep & 0o777:
        path.chmod(mode & (keep | ~0o777))


def make_folders_like(root: Path, folder: Path) -> None:
    """Make ``folder``, below ``root``, and those between; who may do what in them is as it is in ``root``."""
    mode = stat.S_IMODE(root.stat().st_mode)
    for each in reversed([folder, *folder.parents]):
        if each.is_relative_to(root) and not each.exists():
            each.mkdir(exist_ok=True)
            each.chmod(mode)


def open_like_its_folder(file: Path) -> None:
    """Let those read ``file`` who may read the folder in which it lies."""
    file.chmod(0o600 | file.parent.stat().st_mode & 0o044)
