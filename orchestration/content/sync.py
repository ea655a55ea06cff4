"""Files to tables: ``content.items`` holds the documents of a site, ``content.file_sync_status`` how each file went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from orchestration.content.document import Document, id_of_path
from orchestration.content.read_files import FileReading, markdown_files, path_below, read_file
from orchestration.content.search_index import insert_search_rows
from orchestration.content.sync_history import Committed, sync_history
from orchestration.resources.postgres import connect

ITEM_COLUMNS = (
    "content_id",
    "content_type",
    "slug",
    "url_path",
    "title",
    "excerpt",
    "body",
    "front_matter",
    "tags",
    "is_draft",
    "published_at",
    "word_count",
)


@dataclass(frozen=True)
class SyncSummary:
    """How many files were read anew, were the same as before, are gone, and could not be read; and new versions."""

    synced: int
    unchanged: int
    deleted: int
    failed: int
    versions: int = 0


@dataclass(frozen=True)
class KnownFile:
    """What is known of a file from syncs before; ``content_hash`` is that of the file that its document is made of."""

    content_id: UUID | None
    content_hash: str | None
    last_successful_sync: datetime | None
    extracted_metadata: Any


def sync_content(database_url: str, root: Path, site: str, user_code: str) -> SyncSummary:
    """Read the changed files of ``root`` into the tables; all changes become visible at once, or none.

    A file that cannot be read keeps the document that was last read from it. Raises DogearError where ``root`` cannot
    be listed.
    """
    root = root.expanduser().resolve()
    with connect(database_url) as connection:
        # Held until the end: of two syncs of a site, the second reads the files after the first has written.
        connection.execute("select pg_advisory_xact_lock(hashtext('dogear.sync'), hashtext(%s))", [site])
        committed = sync_history(connection, root, site, user_code)
        known = known_files(connection, site, user_code)
        readings = [read_known(root, file, site, committed, known) for file in markdown_files(root)]
        readings = refuse_taken_ids(connection, site, known, readings)
        changed = [reading for reading in readings if reading.document is not None]
        failed = [reading for reading in readings if reading.error is not None]
        gone = sorted(known.keys() - {reading.file_path for reading in readings})
        delete_files(connection, site, gone, changed, failed)
        documents = [(reading, reading.document) for reading in changed if reading.document]
        languages = insert_search_rows(connection, site, user_code, [document for _, document in documents])
        insert_items(connection, site, user_code, documents, languages)
        insert_status(connection, site, known, [*changed, *failed])
    unchanged = len(readings) - len(changed) - len(failed)
    return SyncSummary(len(changed), unchanged, len(gone), len(failed), committed.versions)


def read_known(root: Path, file: Path, site: str, committed: Committed, known: Mapping[str, KnownFile]) -> FileReading:
    """Read the file, unless its content and its document's id are those of before."""
    path = path_below(root, file)
    before = known.get(path)
    content_id = committed.content_ids.get(path) or (before and before.content_id) or id_of_path(site, path)
    known_hash = before.content_hash if before and before.content_id == content_id else None
    return read_file(root, file, path, content_id, known_hash, committed.documents)


def known_files(connection: psycopg.Connection, site: str, user_code: str) -> dict[str, KnownFile]:
    """The files of ``site`` by path. What was read for another owner, or failed, must be read again: it has no hash."""
    question = """
        select
            file_path,
            items.content_id,
            case when status.sync_status = 'synced' and items.user_code = %s then items.content_hash end,
            status.last_successful_sync,
            status.extracted_metadata
        from content.file_sync_status as status
        full join content.items as items using (site, file_path)
        where site = %s
    """
    return {path: KnownFile(*rest) for path, *rest in connection.execute(question, [user_code, site])}


def refuse_taken_ids(
    connection: psycopg.Connection, site: str, known: Mapping[str, KnownFile], readings: Sequence[FileReading]
) -> list[FileReading]:
    """``readings``, where a document whose id another document has already is an error that names the other."""
    kept = [reading.file_path for reading in readings if reading.document is None and reading.file_path in known]
    owners: dict[UUID | None, str] = {known[path].content_id: path for path in kept}
    wanted = [reading.document.content_id for reading in readings if reading.document]
    elsewhere = (
        "select content_id, site || ': ' || file_path from content.items where content_id = any(%s) and site <> %s"
    )
    owners |= dict(connection.execute(elsewhere, [wanted, site]).fetchall())
    checked = [refuse_taken_id(reading, owners) for reading in readings]
    # One that is refused keeps its document of before, whose id others may want now.
    return checked if checked == list(readings) else refuse_taken_ids(connection, site, known, checked)


def refuse_taken_id(reading: FileReading, owners: dict[UUID | None, str]) -> FileReading:
    if reading.document is None:
        return reading
    content_id = reading.document.content_id
    owner = owners.setdefault(content_id, reading.file_path)
    if owner == reading.file_path:
        return reading
    return replace(reading, document=None, error=f"its id {content_id} is that of {owner} already; give it another")


def delete_files(
    connection: psycopg.Connection,
    site: str,
    gone: Sequence[str],
    changed: Iterable[FileReading],
    failed: Iterable[FileReading],
) -> None:
    """Make room: what changed is written anew, what is gone is not; a failed file keeps its document."""
    changed_paths = [reading.file_path for reading in changed]
    failed_paths = [reading.file_path for reading in failed]
    connection.execute(
        "delete from content.items where site = %s and file_path = any(%s)", [site, [*gone, *changed_paths]]
    )
    connection.execute(
        "delete from content.file_sync_status where site = %s and file_path = any(%s)",
        [site, [*gone, *changed_paths, *failed_paths]],
    )


def insert_items(
    connection: psycopg.Connection,
    site: str,
    user_code: str,
    documents: Sequence[tuple[FileReading, Document]],
    languages: Sequence[str | None],
) -> None:
    columns = ("site", "user_code", "file_path", "content_hash", "language_code", *ITEM_COLUMNS)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy content.items ({', '.join(columns)}) from stdin") as copy,
    ):
        for (reading, document), language in zip(documents, languages, strict=True):
            values = [as_column(getattr(document, name)) for name in ITEM_COLUMNS]
            copy.write_row([site, user_code, reading.file_path, reading.file_hash, language, *values])


def insert_status(
    connection: psycopg.Connection, site: str, known: Mapping[str, KnownFile], readings: Iterable[FileReading]
) -> None:
    now = datetime.now(UTC)
    columns = (
        "site, file_path, content_type, file_hash, file_size, last_modified, processing_time_ms, last_sync_attempt, "
        "sync_status, sync_error_message, content_id, last_successful_sync, extracted_metadata"
    )
    nothing = KnownFile(None, None, None, None)
    with connection.cursor() as cursor, cursor.copy(f"copy content.file_sync_status ({columns}) from stdin") as copy:
        for reading in readings:
            if reading.document is not None:
                outcome = ("synced", None, reading.document.content_id, now, Jsonb(reading.document.front_matter))
            else:
                before = known.get(reading.file_path, nothing)
                metadata = as_column(before.extracted_metadata)
                outcome = ("error", reading.error, before.content_id, before.last_successful_sync, metadata)
            found = (reading.content_type, reading.file_hash, reading.file_size, reading.last_modified)
            copy.write_row([site, reading.file_path, *found, reading.processing_time_ms, now, *outcome])


def as_column(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict | list) else value
