"""What one Markdown file says: the row of ``content.items`` that is made of it."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from orchestration.content.front_matter import clean_text, split_front_matter
from orchestration.errors import DogearError

NAMESPACE = uuid.UUID("8f4b1a52-6c35-5d0a-9a55-0d09ea4c0de7")
PAGE_OF_ITS_FOLDER = {"index", "_index"}
MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+")
LONGEST_EXCERPT = 300


@dataclass(frozen=True)
class Document:
    """Columns of ``content.items`` that come from the file alone; each is described there."""

    content_id: uuid.UUID
    content_type: str
    slug: str
    url_path: str
    title: str
    excerpt: str | None
    body: str
    front_matter: dict[str, Any]
    tags: list[str]
    is_draft: bool
    published_at: datetime | None
    word_count: int


def read_document(content_id: uuid.UUID, file_path: str, data: bytes) -> Document:
    """Read the file at ``file_path`` (below the content folder).

    ``content_id`` is the document's, unless its front matter names another. Raises DogearError, in one line, where the
    file is not UTF-8 or its front matter cannot be read.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DogearError(f"not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}") from None
    front_matter, body = split_front_matter(text)
    body = clean_text(body)
    url_path = url_path_of(file_path, front_matter)
    slug = url_path.rpartition("/")[2] or "index"
    return Document(
        content_id=written_id(front_matter) or content_id,
        content_type=content_type_of(file_path),
        slug=slug,
        url_path=url_path,
        title=text_of(front_matter, "title") or first_heading(body) or slug,
        excerpt=text_of(front_matter, "description", "excerpt", "summary") or first_paragraph(body),
        body=body,
        front_matter=front_matter,
        tags=tags_of(front_matter),
        is_draft=front_matter.get("draft") is True or front_matter.get("published") is False,
        published_at=published_at_of(front_matter),
        word_count=len(body.split()),
    )


def content_type_of(file_path: str) -> str:
    """First folder of the path; ``page`` for a file that stands in none."""
    folder, found, _ = file_path.partition("/")
    return folder if found else "page"


def id_of_path(site: str, file_path: str) -> uuid.UUID:
    """Id of a document that first stood at ``file_path``."""
    return uuid.uuid5(NAMESPACE, f"{site}/{file_path}")


def written_id(front_matter: dict[str, Any]) -> uuid.UUID | None:
    """The id that the front matter gives, if that is a UUID."""
    try:
        return uuid.UUID(str(front_matter["id"]))
    except (KeyError, ValueError):
        return None


def url_path_of(file_path: str, front_matter: dict[str, Any]) -> str:
    """Path of the document's URL: as ``url`` or ``permalink`` says, else as the file path and ``slug`` say.

    Without extension and trailing slash, as visits are compared with it.
    """
    for name in ("url", "permalink"):
        written = text_of(front_matter, name)
        if written and written.startswith("/") and ":" not in written and "{" not in written:
            path = re.sub(r"(/_?index)?\.[a-z]{1,5}$", "", written.partition("?")[0].partition("#")[0])
            return path.rstrip("/") or "/"
    path = PurePosixPath("/", file_path).with_suffix("")
    if path.name in PAGE_OF_ITS_FOLDER:
        path = path.parent
    slug = text_of(front_matter, "slug")
    return str(path.with_name(slug) if slug and path.name and "/" not in slug and slug not in {".", ".."} else path)


def text_of(front_matter: dict[str, Any], *names: str) -> str | None:
    """The first of ``names`` that has a value, as text without space around it."""
    for name in names:
        value = front_matter.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def tags_of(front_matter: dict[str, Any]) -> list[str]:
    """``tags`` as a list, whether written as one or separated by commas."""
    written = front_matter.get("tags")
    tags = written.split(",") if isinstance(written, str) else written if isinstance(written, list) else []
    return [str(tag).strip() for tag in tags if tag is not None and str(tag).strip()]


def published_at_of(front_matter: dict[str, Any]) -> datetime | None:
    """The date of publication; UTC where no time zone is given. Raises DogearError where it is no date."""
    for name in ("date", "published_at", "publishDate"):
        written = text_of(front_matter, name)
        if written is None:
            continue
        try:
            # "2025-01-14 10:00:00 +0100", as Jekyll writes it, is ISO 8601 but for one space.
            at = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", written))
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise DogearError(f"{name} is no date: {written[:80]!r}. Write it like 2026-03-01.") from None
    return None


def first_heading(body: str) -> str | None:
    """Text of the first heading of the first level."""
    for line in body.splitlines():
        if line.startswith(("# ", "#\t")):
            return line.strip().strip("#").strip() or None
    return None


def first_paragraph(body: str) -> str | None:
    """The first block of text that is no heading, image, code or quotation, without its markup."""
    for block in re.split(r"\n\s*\n", body):
        if block and block.lstrip()[:1] not in {"#", "!", "`", ">", "<", "{", "|", "-", "="}:
            # Enough for an excerpt; the expression takes long on long blocks of brackets.
            text = " ".join(MARKUP.sub(r"\1", block[: 4 * LONGEST_EXCERPT]).split())
            return text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rpartition(' ')[0]}…"
    return None
