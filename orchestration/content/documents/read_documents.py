"""Read the documents of a site, file by file."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orchestration.content.documents.document import Document, read_document
from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.sources.site_files import SiteFile
from orchestration.errors import DogearError

LARGEST_FILE = 10 * 2**20


@dataclass(frozen=True)
class FileReading:
    """The result of reading one file: columns of ``content.file_sync_status``, and the document or the error.

    ``document`` and ``error`` are both None if the file is the one that was read before.
    """

    file_path: str
    content_type: str
    file_hash: str | None
    file_size: int
    last_modified: datetime | None
    processing_time_ms: float
    document: Document | None = None
    error: str | None = None


def read_file(
    file: SiteFile,
    file_path: str,
    content_id: UUID,
    site: str,
    conventions: Conventions,
    known_hash: str | None,
    parsed: Mapping[tuple[str, str], Document],
) -> FileReading:
    """Read one file of the site, at ``file_path`` below the content folder; errors are part of the result.

    A file whose hash is ``known_hash`` is not parsed, nor is one that was ``parsed`` already, by path and hash.
    ``content_id`` is the document's, unless its front matter names another.
    """
    started = time.perf_counter()
    digest, document, error = None, None, None
    try:
        if file.size > LARGEST_FILE:
            raise DogearError(f"larger than {LARGEST_FILE // 2**20} MiB")
        data = file.read()
        digest = hashlib.sha256(data).hexdigest()
        if digest != known_hash:
            known = parsed.get((file_path, digest))
            document = known or read_document(content_id, file_path, data, conventions, host=site)
    except DogearError as problem:
        error = str(problem)
    except OSError as problem:
        error = f"cannot be opened: {problem.strerror}"
    return FileReading(
        file_path=file_path,
        content_type=conventions.content_type(file_path),
        file_hash=digest,
        file_size=file.size,
        last_modified=file.modified,
        processing_time_ms=1000 * (time.perf_counter() - started),
        document=document,
        error=error,
    )
