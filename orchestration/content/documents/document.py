"""One Markdown file as a row of ``content.items``."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.content.documents.dates import NAMES, in_utc, read_date
from orchestration.content.documents.front_matter import split_front_matter
from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.documents.structured_text import clean_text
from orchestration.content.documents.text.language import language_of
from orchestration.content.documents.text.markdown import Outline, outline
from orchestration.content.documents.text.measures import DESCRIPTION, Measures, measure
from orchestration.errors import DogearError

MDX = ".mdx"
IMPORTS = re.compile(r"^(?:import|export) .*\n?", re.MULTILINE)
NAMESPACE = uuid.UUID("8f4b1a52-6c35-5d0a-9a55-0d09ea4c0de7")


@dataclass(frozen=True)
class Document:
    """Columns of ``content.items`` that depend only on the file, each described there; and the contents of its text."""

    content_id: uuid.UUID
    content_type: str
    slug: str
    url_path: str
    aliases: list[str]
    title: str
    excerpt: str | None
    body: str
    front_matter: dict[str, Any]
    tags: list[str]
    is_draft: bool
    published_at: datetime | None
    language_code: str | None
    outline: Outline
    measures: Measures


def read_document(
    content_id: uuid.UUID, file_path: str, data: bytes, conventions: Conventions, host: str | None = None
) -> Document:
    """Read the file at ``file_path`` (below the content folder) of the site that ``host`` serves.

    ``content_id`` is the document's, unless its front matter names another. Raises DogearError, in one line, if the
    file is not UTF-8 or its front matter cannot be read.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DogearError(f"not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}") from None
    front_matter, body = split_front_matter(text)
    body = clean_text(body)
    if file_path.lower().endswith(MDX):
        body = IMPORTS.sub("", body)
    content = outline(body)
    language_code = language_of(front_matter, content)
    published_at = published_at_of(front_matter) or conventions.file_date(file_path)
    url_path = conventions.url_path(file_path, front_matter, published_at)
    slug = url_path.rpartition("/")[2] or "index"
    return Document(
        content_id=written_id(front_matter) or content_id,
        content_type=conventions.content_type(file_path),
        slug=slug,
        url_path=url_path,
        aliases=conventions.aliases(file_path, front_matter),
        title=text_of(front_matter, "title") or content.first_heading or slug,
        excerpt=text_of(front_matter, *DESCRIPTION) or content.first_paragraph,
        body=body,
        front_matter=front_matter,
        tags=tags_of(front_matter, conventions.words_between),
        is_draft=is_draft(front_matter) or not conventions.is_published(file_path),
        published_at=published_at,
        language_code=language_code,
        outline=content,
        measures=measure(front_matter, content, language_code, host),
    )


def id_of_path(site: str, file_path: str) -> uuid.UUID:
    """Return the id of a document that first was at ``file_path``."""
    return uuid.uuid5(NAMESPACE, f"{site}/{file_path}")


def written_id(front_matter: dict[str, Any]) -> uuid.UUID | None:
    """Return the id that the front matter gives, if that is a UUID."""
    try:
        return uuid.UUID(str(front_matter["id"]))
    except (KeyError, ValueError):
        return None


def text_of(front_matter: dict[str, Any], *names: str) -> str | None:
    """Return the first of ``names`` that has a value, as text without space around it."""
    for name in names:
        value = front_matter.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def is_draft(front_matter: dict[str, Any]) -> bool:
    return front_matter.get("draft") is True or front_matter.get("published") is False


def tags_of(front_matter: dict[str, Any], words_between: str | None) -> list[str]:
    """Return ``tags`` as a list, from a list or a text separated by commas, else by the generator's separator."""
    written = front_matter.get("tags")
    if isinstance(written, str):
        tags = written.split("," if "," in written else words_between or ",")
    else:
        tags = written if isinstance(written, list) else []
    return [str(tag).strip() for tag in tags if tag is not None and str(tag).strip()]


def published_at_of(front_matter: dict[str, Any]) -> datetime | None:
    """Return the date of publication; UTC where no time zone is given. Raises DogearError if it is no date."""
    for name in NAMES:
        written = text_of(front_matter, name)
        if written is None:
            continue
        at = read_date(written)
        if at is None or (published_at := in_utc(at)) is None:
            raise DogearError(f"{name} is no date: {written[:80]!r}. Write it like 2026-03-01.")
        return published_at
    return None
