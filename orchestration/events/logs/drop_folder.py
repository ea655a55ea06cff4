"""The drop folder: files in ``<drop>/<site>/`` are imported once, then moved to ``.done`` or ``.failed`` there.

A file is imported when it has not changed for QUIET_SECONDS. A program that writes more slowly should give it a hidden
name (``.access.log.part``) until it is complete: hidden files and folders are skipped. Symbolic links are not followed.
"""

import os
import stat
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.content.sites import Site
from orchestration.errors import DogearError
from orchestration.events.logs.import_file import ImportSummary, import_file, printable
from orchestration.events.logs.import_warnings import warnings_about
from orchestration.resources.postgres import connect

DONE, FAILED, REASON = ".done", ".failed", ".reason.txt"
QUIET_SECONDS = 10


@dataclass(frozen=True)
class DroppedFile:
    """A file that may be imported; ``state`` (size, and when it was written, in ns) changes when it is written to."""

    site: str
    path: Path
    state: tuple[int, int]


@dataclass(frozen=True)
class Look:
    """The result of one look into the drop folder: files that may be imported, and why others stay."""

    ready: list[DroppedFile]
    problems: list[str]


@dataclass(frozen=True)
class Outcome:
    """The result for one file: it is at ``moved_to`` now, or still where it was, since it was written to meanwhile."""

    file: DroppedFile
    result: ImportSummary | DogearError
    moved_to: Path | None
    warnings: list[str]


def look_into(folder: Path, sites: Collection[str], now: float | None = None) -> Look:
    """Look through the drop folder; ``now`` is Unix time."""
    look = Look([], [])
    moment = time.time() if now is None else now
    for entry in visible(folder):
        if not entry.is_dir(follow_symlinks=False):
            look.problems.append(f"{printable(Path(entry))} is in no folder of a site.")
        elif entry.name not in sites:
            name = printable(Path(entry.name))
            look.problems.append(f"{printable(Path(entry))}: there is no site {name}. Add it: dogear site add {name}")
        else:
            look_into_site(Path(entry), entry.name, moment, look)
    return look


def look_into_site(folder: Path, site: str, now: float, look: Look) -> None:
    for entry in visible(folder):
        path, found = Path(entry), entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            look_into_site(path, site, now, look)
        elif not stat.S_ISREG(found.st_mode):
            look.problems.append(f"{printable(path)} is not a regular file.")
        # A copy may keep the time at which the original was written, but not the one at which its own entry changed.
        elif now - found.st_ctime >= QUIET_SECONDS:
            look.ready.append(DroppedFile(site, path, (found.st_size, found.st_mtime_ns)))


def visible(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in the folder, by name, but for what is hidden; nothing where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DogearError(f"{printable(folder)}: {error.strerror}.") from None


def import_dropped(
    database_url: str, folder: Path, sites: Collection[Site], *, spill: Path, memory_limit: str
) -> Iterator[Outcome]:
    """Import each file that is ready and move it. A file that is met again, after a crash, adds nothing.

    Raises DogearError if no file could be imported, such as when the database does not answer.
    """
    known = {site.site: site for site in sites}
    for file in look_into(folder, known.keys()).ready:
        if state_of(file.path) != file.state:
            continue
        site = known[file.site]
        warnings: list[str] = []
        try:
            result: ImportSummary | DogearError = import_file(
                *(database_url, file.path),
                site=site.site,
                user_code=site.user_code,
                spill=spill,
                memory_limit=memory_limit,
            )
        except DogearError as error:
            # Is it the file's fault?
            connect(database_url).close()
            result = error
        else:
            warnings = warnings_about(database_url, site, result)
        yield Outcome(file, result, put_away(folder / file.site, file, result), warnings)


def put_away(site_folder: Path, file: DroppedFile, result: ImportSummary | DogearError) -> Path | None:
    """Move the file to where its like are; None if it was written to meanwhile, or is gone."""
    if state_of(file.path) != file.state:
        return None
    failed = isinstance(result, DogearError)
    target = site_folder / (FAILED if failed else DONE) / file.path.relative_to(site_folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target = free_path(target)
        if failed:
            target.with_name(target.name + REASON).write_text(f"{result}\n")
        file.path.rename(target)
    except OSError as error:
        raise DogearError(f"{printable(file.path)} cannot be moved to {printable(target)}: {error.strerror}.") from None
    return target


def free_path(path: Path) -> Path:
    """Return ``path``, or with the first number behind it that no file has."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def state_of(path: Path) -> tuple[int, int] | None:
    """Return what ``DroppedFile.state`` would be now; None if there is no such regular file."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
