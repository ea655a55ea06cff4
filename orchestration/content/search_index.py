"""Documents to ``content.search_index``; the database makes the vectors."""

from collections.abc import Iterable
from typing import Any

import psycopg

from orchestration.content.document import Document
from orchestration.content.language import language_of
from orchestration.content.plain_text import plain_text, prose

HEAVIEST = 100.0


def insert_search_rows(
    connection: psycopg.Connection, site: str, user_code: str, documents: Iterable[Document]
) -> list[str | None]:
    """Make the published documents searchable; returns the language of each document.

    Before their items are written, since the database works on one row while the next is made.
    """
    languages: list[str | None] = []
    copy_in = (
        "copy content.search_index (content_id, language_code, site, user_code, content_type, url_path, title, "
        "content, excerpt, tags, search_weight) from stdin"
    )
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for document in documents:
            languages.append(language := language_of(document.front_matter, prose(document.body)))
            if not document.is_draft:
                copy.write_row(
                    [
                        *(document.content_id, language or "", site, user_code, document.content_type),
                        *(document.url_path, document.title, plain_text(document.body), document.excerpt or ""),
                        *(", ".join(document.tags), search_weight(document.front_matter)),
                    ]
                )
    return languages


def search_weight(front_matter: dict[str, Any]) -> float:
    """What the front matter gives as ``search_weight``, from 0 to 100; else 1."""
    given = front_matter.get("search_weight")
    return min(HEAVIEST, max(0.0, float(given))) if isinstance(given, int | float) else 1.0
