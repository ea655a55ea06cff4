"""The tables ``content.items``, a site's documents, and ``content.file_sync_status``, the result of each file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.content.documents.document import Document
from orchestration.content.documents.read_documents import FileReading
from orchestration.content.sites import Site
from orchestration.resources.copy_rows import copy_rows

ITEM_COLUMNS = (
    *("content_id", "content_type", "slug", "url_path", "aliases", "title", "excerpt", "body", "front_matter", "tags"),
    *("is_draft", "published_at", "language_code"),
)
STATUS_COLUMNS = (
    *("site", "file_path", "content_type", "file_hash", "file_size", "last_modified", "processing_time_ms"),
    *("last_sync_attempt", "sync_status", "sync_error_message", "content_id", "last_successful_sync"),
    "extracted_metadata",
)


@dataclass(frozen=True)
class KnownFile:
    """A file in earlier syncs; ``content_hash`` is that of the file from which its document was read."""

    content_id: UUID | None
    content_hash: str | None
    last_successful_sync: datetime | None
    extracted_metadata: Any


def known_files(connection: psycopg.Connection, site: Site, *, reads_all: bool) -> dict[str, KnownFile]:
    """Return the files by path. Failed ones, and all if ``reads_all``, have no hash, so that they are read again."""
    question = """
        select
            file_path,
            items.content_id,
            case when status.sync_status = 'synced' and not %s then items.content_hash end,
            status.last_successful_sync,
            status.extracted_metadata
        from content.file_sync_status as status
        full join content.items as items using (site, file_path)
        where site = %s
    """
    return {path: KnownFile(*rest) for path, *rest in connection.execute(question, [reads_all, site.site])}


def delete_files(
    connection: psycopg.Connection,
    site: str,
    gone: Sequence[str],
    changed: Iterable[FileReading],
    failed: Iterable[FileReading],
) -> None:
    """Delete rows that are written again or are gone; a failed file keeps its document."""
    changed_paths = [reading.file_path for reading in changed]
    failed_paths = [reading.file_path for reading in failed]
    connection.execute(
        "delete from content.items where site = %s and file_path = any(%s)", [site, [*gone, *changed_paths]]
    )
    connection.execute(
        "delete from content.file_sync_status where site = %s and file_path = any(%s)",
        [site, [*gone, *changed_paths, *failed_paths]],
    )


def give_to_owner(connection: psycopg.Connection, site: Site) -> None:
    """Give documents that could not be read again, and so stay as they were, to the owner of the site too."""
    for table in ("items", "search_index", "links"):
        statement = sql.SQL("update {} set user_code = %s where site = %s and user_code <> %s")
        connection.execute(
            statement.format(sql.Identifier("content", table)), [site.user_code, site.site, site.user_code]
        )


def insert_items(connection: psycopg.Connection, site: Site, documents: Iterable[tuple[FileReading, Document]]) -> None:
    columns = ("site", "user_code", "file_path", "content_hash", "word_count", *ITEM_COLUMNS)
    rows = (
        [
            *(site.site, site.user_code, reading.file_path, reading.file_hash, document.measures.word_count),
            *(as_column(getattr(document, name)) for name in ITEM_COLUMNS),
        ]
        for reading, document in documents
    )
    copy_rows(connection, "content.items", columns, rows)


def insert_status(
    connection: psycopg.Connection, site: Site, known: Mapping[str, KnownFile], readings: Iterable[FileReading]
) -> None:
    now = datetime.now(UTC)
    nothing = KnownFile(None, None, None, None)

    def outcome(reading: FileReading) -> tuple[object, ...]:
        if reading.document is not None:
            return "synced", None, reading.document.content_id, now, Jsonb(reading.document.front_matter)
        before = known.get(reading.file_path, nothing)
        metadata = as_column(before.extracted_metadata)
        return "error", reading.error, before.content_id, before.last_successful_sync, metadata

    rows = (
        [
            *(site.site, reading.file_path, reading.content_type, reading.file_hash, reading.file_size),
            *(reading.last_modified, reading.processing_time_ms, now, *outcome(reading)),
        ]
        for reading in readings
    )
    copy_rows(connection, "content.file_sync_status", STATUS_COLUMNS, rows)


def as_column(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict | list) else value
