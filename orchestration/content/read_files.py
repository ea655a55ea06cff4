"""Find and read the Markdown files of a content folder."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from uuid import UUID

from orchestration.content.document import Document, content_type_of, read_document
from orchestration.errors import DogearError

MARKDOWN = (".md", ".markdown")
LARGEST_FILE = 10 * 2**20
LONGEST_PATH = 500
ONES_OF_TOOLS = {"node_modules", "__pycache__"}


@dataclass(frozen=True)
class FileReading:
    """How the reading of one file went: columns of ``content.file_sync_status``, and what was found or why not.

    ``document`` and ``error`` are both None where the file is the one that was read before.
    """

    file_path: str
    content_type: str
    file_hash: str | None
    file_size: int | None
    last_modified: datetime | None
    processing_time_ms: float
    document: Document | None = None
    error: str | None = None


def markdown_files(root: Path) -> Iterator[Path]:
    """The Markdown files below ``root``, in order of path; hidden files and folders are not looked into.

    Raises DogearError where ``root`` is no folder that can be listed.
    """
    if not root.is_dir():
        raise DogearError(f"The content folder {root} is not there. Set DOGEAR_CONTENT_ROOT.")

    def refuse(error: OSError) -> None:
        # A folder that cannot be listed must not look like one whose files are gone.
        raise DogearError(f"{error.filename}: {error.strerror}.")

    found: list[Path] = []
    for folder, inside, files in os.walk(root, onerror=refuse):
        inside[:] = filter(is_looked_into, inside)
        found += (Path(folder, name) for name in files if is_markdown(name))
    yield from sorted(found)


def is_looked_into(name: str) -> bool:
    """Whether a file or folder of this name may be content: hidden ones and those of tools are not."""
    return not name.startswith(".") and name not in ONES_OF_TOOLS


def is_markdown(path: str) -> bool:
    """Whether a path, with forward slashes, names a Markdown file that is looked into."""
    return path.lower().endswith(MARKDOWN) and all(map(is_looked_into, path.split("/")))


def path_below(root: Path, file: Path) -> str:
    """Path of ``file`` below ``root``, with forward slashes, as ``printable_path`` writes it."""
    return printable_path(os.fsencode(file)[len(os.fsencode(root)) + 1 :].replace(os.sep.encode(), b"/"))


def printable_path(path: bytes) -> str:
    """``path`` as text; bytes that are not UTF-8 are written as \\xff.

    One that is too long for an index of the database is cut, and told from others by a digest.
    """
    if len(path) > LONGEST_PATH:
        path = path[:LONGEST_PATH] + b"..." + hashlib.sha256(path).hexdigest()[:12].encode()
    return path.decode("utf-8", "backslashreplace")


def is_below(root: Path, file: Path) -> bool:
    """Whether the file that a path stands for, links followed, lies below ``root``."""
    return os.path.realpath(file, strict=True).startswith(f"{root}{os.sep}")


def read_file(
    root: Path,
    file: Path,
    file_path: str,
    content_id: UUID,
    known_hash: str | None,
    parsed: Mapping[tuple[str, str], Document],
) -> FileReading:
    """Read one file below ``root``, which is resolved; one whose hash is ``known_hash`` is not parsed.

    Nor is one that was ``parsed`` already, by path and hash.
    What is wrong is said in the reading.

    ``content_id`` is the document's, unless its front matter names another.
    """
    started = time.perf_counter()
    digest, size, modified, document, error = None, None, None, None, None
    try:
        if not is_below(root, file):
            raise DogearError("a link that leads out of the content folder")
        stat = file.stat()
        size, modified = stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)
        if not S_ISREG(stat.st_mode):
            raise DogearError("not a file")
        if size > LARGEST_FILE:
            raise DogearError(f"larger than {LARGEST_FILE // 2**20} MiB")
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest != known_hash:
            document = parsed.get((file_path, digest)) or read_document(content_id, file_path, data)
    except DogearError as problem:
        error = str(problem)
    except OSError as problem:
        error = f"cannot be opened: {problem.strerror}"
    return FileReading(
        file_path=file_path,
        content_type=content_type_of(file_path),
        file_hash=digest,
        file_size=size,
        last_modified=modified,
        processing_time_ms=1000 * (time.perf_counter() - started),
        document=document,
        error=error,
    )
