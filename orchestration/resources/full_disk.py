"""Errors of a full disk: each library has its own words for it, and few name the disk."""

import errno
import os
import re
from collections.abc import Iterable
from pathlib import Path

FULL = re.compile("|".join(re.escape(os.strerror(code)) for code in (errno.ENOSPC, errno.EDQUOT)))
# PostgreSQL's own files. DuckDB and Python begin with capitals and numbers.
OF_POSTGRESQL = re.compile(rf"could not [a-z -]*(?:file|block|directory)[^:]*: (?:{FULL.pattern})")
ON_THE_SERVER = "Make room on the disk of PostgreSQL's server, then do the same again."


def is_full(said: str) -> bool:
    """Return whether what a program says is that a disk is full."""
    return FULL.search(said) is not None


def where_to_make_room(said: str, folders: Iterable[Path]) -> str:
    """Return what to do if a program ``said`` that a disk is full, naming the one of ``folders`` with least room."""
    if OF_POSTGRESQL.search(said):
        return ON_THE_SERVER
    free, place = min((free_near(folder), str(folder)) for folder in folders)
    return f"Make room on the disk of {place} ({free // 10**6:,} MB are free), then do the same again."


def free_near(folder: Path) -> int:
    """Return how many bytes are free for us on the disk of a folder, which need not be there yet."""
    disk = os.statvfs(next(path for path in (folder, *folder.parents) if path.exists()))
    return disk.f_bavail * disk.f_frsize
