"""Documents to ``content.search_index``.

The database computes the vectors, which takes as long as reading the documents: each is sent as soon as it
is read, and the database works on it while the next is read. It writes new documents to the index at once; those that
are there already wait in a staging table, until their old rows are deleted.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from orchestration.content.documents.document import Document
from orchestration.content.history.versions import Prepare
from orchestration.content.sites import Site

# Bytes: a text vector holds at most a megabyte, and words beyond ASCII are in it twice.
LONGEST_TEXT = 400_000
HEAVIEST = 100.0
# The staging table has the columns of content.search_index, and three by which to find the document later.
TABLE_BESIDE = """
    create temporary table prepared_search (
        file_path text not null,
        content_hash text not null,
        is_written boolean not null default false,
        like content.search_index including storage
    ) on commit drop;
    create trigger make_search_vectors before insert on prepared_search
    for each row execute function content.make_search_vectors();
    create trigger write_search_row before insert on prepared_search
    for each row execute function content.write_search_row();
"""
COPY = """
    copy prepared_search (
        file_path, content_hash, content_id, language_code, site, user_code, content_type, url_path, title, content,
        excerpt, tags, search_weight, published_at
    ) from stdin (format binary)
"""
TYPES = [*["text"] * 2, "uuid", *["text"] * 9, "float4", "timestamptz"]
# Their files were changed after a commit, or their ids are refused.
DELETE_STRAYS = """
    delete from content.search_index as indexed
    using prepared_search as prepared
    where
        prepared.is_written
        and indexed.content_id = prepared.content_id
        and indexed.language_code = prepared.language_code
        and not exists (
            select from content.items
            where
                items.content_id = prepared.content_id
                and items.site = prepared.site
                and items.file_path = prepared.file_path
                and items.content_hash = prepared.content_hash
        )
"""
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
    where not prepared.is_written and prepared.file_path = any(%s)
    on conflict do nothing
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
                        *(
                            file_path,
                            content_hash,
                            document.content_id,
                            document.language_code or "",
                            site.site,
                            site.user_code,
                        ),
                        *(document.content_type, document.url_path, document.title),
                        *(cut(document.outline.text), document.excerpt or "", ", ".join(document.tags)),
                        *(search_weight(document.front_matter), document.published_at),
                    ]
                )

        yield prepare


def insert_search_rows(connection: psycopg.Connection, file_paths: Sequence[str]) -> None:
    """Make the documents of these files searchable, as they were prepared; their items are there."""
    connection.execute(DELETE_STRAYS)
    connection.execute(INSERT, [list(file_paths)])


def cut(text: str) -> str:
    """Return as much of the beginning as fits in a vector."""
    return text if len(text) * 4 <= LONGEST_TEXT else text.encode()[:LONGEST_TEXT].decode(errors="ignore")


def search_weight(front_matter: dict[str, Any]) -> float:
    """Return what the front matter gives as ``search_weight``, from 0 to 100; else 1."""
    given = front_matter.get("search_weight")
    return min(HEAVIEST, max(0.0, float(given))) if isinstance(given, int | float) else 1.0
