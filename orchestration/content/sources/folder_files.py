"""The files of a site in a folder, as they are now."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from orchestration.content.sources.site_files import WAY_OUT, SiteFile, is_looked_into, printable_path
from orchestration.errors import DogearError


class FolderFiles:
    """The files of a folder, as they are now."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def below(self, folder: str, *, optional: bool = False) -> Iterator[SiteFile]:
        start = self.root / folder
        if optional and not start.exists():
            return
        if os.path.realpath(start) != os.path.normpath(start):
            raise DogearError(f"{start} is a link, or lies behind one, and may lead out of the site's folder.")
        if not start.is_dir():
            raise DogearError(f"The content folder {start} is not there. {WAY_OUT}")

        def refuse(error: OSError) -> None:
            # A folder that cannot be listed must not look like one whose files are gone.
            raise DogearError(f"{error.filename}: {error.strerror}.")

        found: list[str] = []
        for parent, inside, names in os.walk(start, onerror=refuse):
            inside[:] = filter(is_looked_into, inside)
            # Texts, not paths: there may be very many.
            found += (f"{parent}{os.sep}{name}" for name in names if is_looked_into(name))
        yield from map(self._file, sorted(found, key=lambda file: file.split("/")))

    def read(self, path: str) -> bytes | None:
        file = self.root / path
        return self._read_link(str(file)) if file.is_file() else None

    def _file(self, file: str) -> SiteFile:
        path = printable_path(os.fsencode(file)[len(os.fsencode(self.root)) + 1 :].replace(os.sep.encode(), b"/"))
        try:
            stat = os.lstat(file)
            is_link = S_ISLNK(stat.st_mode)
            stat = os.stat(file) if is_link else stat  # noqa: PTH116
        except OSError:  # reading it says what is wrong
            return SiteFile(path, "", 0, None, lambda: self._read_link(file))
        modified = datetime.fromtimestamp(stat.st_mtime, UTC)
        read = self._read_link if is_link else read_regular
        return SiteFile(path, f"{stat.st_size} {stat.st_mtime_ns}", stat.st_size, modified, lambda: read(file))

    def _read_link(self, file: str) -> bytes:
        real = os.path.realpath(file, strict=True)
        if not real.startswith(f"{self.root}{os.sep}"):
            raise DogearError("a link that leads out of the site's folder")
        if not all(map(is_looked_into, real[len(str(self.root)) + 1 :].split("/"))):
            raise DogearError("a link to a hidden file")
        return read_regular(real)


def read_regular(file: str) -> bytes:
    """Return the content of a file that is not a link. Raises DogearError for anything but a file."""
    with open(file, "rb", opener=open_itself) as opened:
        if not S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise DogearError("not a file")
        return opened.read()


def open_itself(file: str, flags: int) -> int:
    # A link that replaced the file meanwhile is not followed, and a pipe without a writer does not block.
    return os.open(file, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
