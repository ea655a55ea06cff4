"""Only its owner may read the folder of all state: visits, logs and locks are nobody else's business."""

import os
import stat
from pathlib import Path

# Our files in it, except media, which everyone may read. Other files there are not ours to change.
STATE = (
    *("dagster", "dbt", "docs", "drop", "duckdb-spill", "journal", "lake", "postgres", "repositories", "sample"),
    *("collector.log", "up.lock", "warehouse.duckdb", "warehouse.duckdb.lock"),
)
# If root runs PostgreSQL as another user, that user must pass through these, but can read neither.
PASSAGE = ("", "postgres")


def make_state_folder(folder: Path) -> None:
    """Make ``folder`` for its owner only, with the files in it. Raises OSError if that fails."""
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
    """Let everyone read ``file`` who may read its folder."""
    file.chmod(0o600 | file.parent.stat().st_mode & 0o044)
