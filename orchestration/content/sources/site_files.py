"""The files of a site, in a folder or in a commit: listed alike, read alike."""

import hashlib
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MARKDOWN = (".md", ".markdown", ".mdx")
LONGEST_PATH = 500
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
        """Yield the files below a folder (``""`` for all), in order of path, without hidden files and those of tools.

        Raises DogearError if that is no folder that can be listed; an ``optional`` one need not be there.
        """
        ...

    def read(self, path: str) -> bytes | None:
        """Return the content of one file; None if there is none at that path."""
        ...


def is_looked_into(name: str) -> bool:
    """Return whether a file or folder of this name may be content: hidden ones and those of tools are not."""
    return not name.startswith(".") and name not in ONES_OF_TOOLS


def is_markdown(path: str) -> bool:
    """Return whether a path, with forward slashes, names a Markdown file that is looked into."""
    return path.lower().endswith(MARKDOWN) and all(map(is_looked_into, path.split("/")))


def printable_path(path: bytes) -> str:
    """Return ``path`` as text; bytes that are not UTF-8 are written as \\xff.

    A path that is too long for an index of the database is cut, and made unique by a digest before its extension.
    """
    if len(path) > LONGEST_PATH:
        digest = hashlib.sha256(path).hexdigest()[:12].encode()
        path = path[:LONGEST_PATH] + b"..." + digest + posixpath.splitext(path)[1][-20:]
    return path.decode("utf-8", "backslashreplace")
