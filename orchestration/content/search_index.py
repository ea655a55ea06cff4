"""Documents to ``content.search_index``.

The database makes the vectors, which takes it as long as it takes us to read the documents: each is sent, to a table
beside, as soon as it is read, and the database works on it while the next is read.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from orchestration.content.document import Document
from orchestration.content.sites import Site
from orchestration.content.versions import Prepare

# Bytes: a text vector holds no more than a megabyte, and words that are not ASCII come twice.
LONGEST_TEXT = 400_000
HEAVIEST = 100.0
# The table beside has the columns of content.search_index, and two by which to find the document later.
TABLE_BESIDE = """
    create temporary table prepared_search
    (file_path text not null, content_hash text not null, like content.search_index including storage) on commit drop;
    alter table prepared_search alter content_id drop not null;
    create trigger make_search_vectors before insert on prepared_search
    for each row execute function content.make_search_vectors();
"""
COPY = """
    copy prepared_search (
        file_path, content_hash, language_code, site, user_code, content_type, url_path, title, content, excerpt, tags,
        search_weight, published_at
    ) from stdin (format binary)
"""
TYPES = [*["text"] * 11, "float4", "timestamptz"]
INSERT = """
    insert into content.search_index (
        content_id, language_code, site, user_code, content_type, url_path, title, content, excerpt, tags, title_vector,
        content_vector, combined_vector, head_vector, search_weight, published_at
    )
    select distinct on (items.content_id)
        items.content_id, prepared.language_code, items.site, items.user_code, items.content_type, items.url_path,
        items.title, prepared.content, prepared.excerpt, prepared.tags, prepared.title_vector, prepared.content_vector,
        prepared.combined_vector, prepared.head_vector, prepared.search_weight, items.published_at
    from prepared_search as prepared
    inner join content.items using (site, file_path, content_hash)
    where prepared.file_path = any(%s)
"""


@contextmanager
def preparing_search(connection: psycopg.Connection, site: Site) -> Generator[Prepare]:
    """Yield a function that prepares a document, given its path below the content folder and the SHA-256 of its file.

    The connection can be used for nothing else until the block ends.
    """
    connection.execute(TABLE_BESIDE)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)

        def prepare(file_path: str, content_hash: str, document: Document) -> None:
            if not document.is_draft:
                copy.write_row(
                    [
                        *(file_path, content_hash, document.language_code or "", site.site, site.user_code),
                        *(document.content_type, document.url_path, document.title),
                        *(cut(document.outline.text), document.excerpt or "", ", ".join(document.tags)),
                        *(search_weight(document.front_matter), document.published_at),
                    ]
                )

        yield prepare


def insert_search_rows(connection: psycopg.Connection, file_paths: Sequence[str]) -> None:
    """Make the documents of these files searchable, as they were prepared; their items are there."""
    connection.execute(INSERT, [list(file_paths)])


def cut(text: str) -> str:
    """As much of the beginning as the database can make a vector of."""
    return text if len(text) * 4 <= LONGEST_TEXT else text.encode()[:LONGEST_TEXT].decode(errors="ignore")


def search_weight(front_matter: dict[str, Any]) -> float:
    """What the front matter gives as ``search_weight``, from 0 to 100; else 1."""
    given = front_matter.get("search_weight")
    return min(HEAVIEST, max(0.0, float(given))) if isinstance(given, int | float) else 1.0
