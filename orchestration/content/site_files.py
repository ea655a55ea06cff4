"""The files of a site, in a folder or in a commit: listed alike, read alike."""

import hashlib
import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from typing import Protocol

import pygit2
from pygit2.enums import FileMode

from orchestration.errors import DogearError

MARKDOWN = (".md", ".markdown", ".mdx")
LONGEST_PATH = 500
MOST_LINKS = 8
WAY_OUT = "Say which it is: dogear site add NAME --content FOLDER, or content = in dogear.toml."
ONES_OF_TOOLS = {"node_modules", "__pycache__"}


@dataclass(frozen=True)
class SiteFile:
    """One file of a site.

    ``path`` is below the site's folder, with forward slashes, as ``printable_path`` writes it. ``tag`` is another one
    when the content is (a Git blob, or size and time of modification). ``size`` is in bytes. ``modified`` is None for a
    file of a commit. ``read`` raises DogearError or OSError.
    """

    path: str
    tag: str
    size: int
    modified: datetime | None
    read: Callable[[], bytes]


class SiteFiles(Protocol):
    """The files of a site."""

    def below(self, folder: str, *, optional: bool = False) -> Iterator[SiteFile]:
        """The files below a folder (``""`` for all), in order of path; those of tools, and hidden ones, are left out.

        Raises DogearError where that is no folder that can be listed; an ``optional`` one need not be there.
        """
        ...

    def read(self, path: str) -> bytes | None:
        """Content of one file; None where there is none at that path."""
        ...


def is_looked_into(name: str) -> bool:
    """Whether a file or folder of this name may be content: hidden ones and those of tools are not."""
    return not name.startswith(".") and name not in ONES_OF_TOOLS


def is_markdown(path: str) -> bool:
    """Whether a path, with forward slashes, names a Markdown file that is looked into."""
    return path.lower().endswith(MARKDOWN) and all(map(is_looked_into, path.split("/")))


def printable_path(path: bytes) -> str:
    """``path`` as text; bytes that are not UTF-8 are written as \\xff.

    One that is too long for an index of the database is cut, and told from others by a digest before its extension.
    """
    if len(path) > LONGEST_PATH:
        digest = hashlib.sha256(path).hexdigest()[:12].encode()
        path = path[:LONGEST_PATH] + b"..." + digest + posixpath.splitext(path)[1][-20:]
    return path.decode("utf-8", "backslashreplace")


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
    """Content of a file that is no link. Raises DogearError for what is not a file."""
    with open(file, "rb", opener=open_itself) as opened:
        if not S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise DogearError("not a file")
        return opened.read()


def open_itself(file: str, flags: int) -> int:
    # A link that took the file's place meanwhile is not followed, and a pipe that nobody writes to does not block.
    return os.open(file, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


class CommitFiles:
    """The files of a commit below a folder of its repository; all of one commit, whatever is committed meanwhile."""

    def __init__(self, repository: pygit2.Repository, commit: pygit2.Oid, folder: str) -> None:
        self.repository = repository
        self.tree = repository[commit].peel(pygit2.Tree)
        self.folder = folder

    def below(self, folder: str, *, optional: bool = False) -> Iterator[SiteFile]:
        start = posixpath.normpath(posixpath.join(self.folder, folder))
        tree = self._object(start)
        if optional and tree is None:
            return
        if not isinstance(tree, pygit2.Tree):
            raise DogearError(f"There is no folder {start} in the commit. {WAY_OUT}")
        try:
            yield from sorted(self._walk(tree, folder.encode()), key=lambda file: file.path.split("/"))
        except RecursionError:
            raise DogearError("Its folders are nested too deeply.") from None
        except (KeyError, pygit2.GitError) as error:
            raise DogearError(f"Git lacks a part of the commit, as partial clones do: {error}.") from None

    def read(self, path: str) -> bytes | None:
        found = self._object(posixpath.join(self.folder, path))
        return found.data if isinstance(found, pygit2.Blob) else None

    def _walk(self, tree: pygit2.Tree, path: bytes) -> Iterator[SiteFile]:
        for entry in tree:
            name = entry.raw_name or b""
            if not is_looked_into(os.fsdecode(name)):
                continue
            inside = posixpath.join(path, name)
            if isinstance(entry, pygit2.Tree):
                yield from self._walk(entry, inside)
            elif isinstance(entry, pygit2.Blob):
                yield self._file(entry, inside)

    def _file(self, blob: pygit2.Blob, path: bytes) -> SiteFile:
        if blob.filemode != FileMode.LINK:
            return SiteFile(printable_path(path), str(blob.id), blob.size, None, lambda: blob.data)
        try:
            wanted = self._behind_link(blob, path.decode())
        except (DogearError, UnicodeDecodeError):
            wanted = blob
        return SiteFile(printable_path(path), str(wanted.id), wanted.size, None, lambda: self._read_link(blob, path))

    def _read_link(self, blob: pygit2.Blob, path: bytes) -> bytes:
        return self._behind_link(blob, path.decode("utf-8", "surrogateescape")).data

    def _behind_link(self, blob: pygit2.Blob, path: str) -> pygit2.Blob:
        """The file to which a link leads, through others too. Raises DogearError where that is none of the site's."""
        for _ in range(MOST_LINKS):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), blob.data.decode("utf-8", "replace")))
            if path.startswith(("../", "/")) or path == "..":
                raise DogearError("a link that leads out of the site's folder")
            if not all(map(is_looked_into, path.split("/"))):
                raise DogearError("a link to a hidden file")
            found = self._object(posixpath.join(self.folder, path))
            if not isinstance(found, pygit2.Blob):
                raise DogearError("a link that leads to no file")
            if found.filemode != FileMode.LINK:
                return found
            blob = found
        raise DogearError("a link that leads round in a circle")

    def _object(self, path: str) -> pygit2.Object | None:
        try:
            return self.tree[path] if path not in {"", "."} else self.tree
        except KeyError:
            return None
