"""An id belongs to one document: another document with the same id is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import psycopg

from orchestration.content.documents.read_documents import FileReading
from orchestration.content.tables.item_rows import KnownFile


def refuse_taken_ids(
    connection: psycopg.Connection, site: str, known: Mapping[str, KnownFile], readings: Sequence[FileReading]
) -> list[FileReading]:
    """Return ``readings``, with an error for each document whose id another one has already, which it names."""
    kept = [reading.file_path for reading in readings if reading.document is None and reading.file_path in known]
    owners: dict[UUID | None, str] = {known[path].content_id: path for path in kept}
    wanted = [reading.document.content_id for reading in readings if reading.document]
    elsewhere = (
        "select content_id, site || ': ' || file_path from content.items where content_id = any(%s) and site <> %s"
    )
    owners |= dict(connection.execute(elsewhere, [wanted, site]).fetchall())
    checked = [refuse_taken_id(reading, owners) for reading in readings]
    # A refused file keeps its old document, whose id others may claim now.
    return checked if checked == list(readings) else refuse_taken_ids(connection, site, known, checked)


def refuse_taken_id(reading: FileReading, owners: dict[UUID | None, str]) -> FileReading:
    if reading.document is None:
        return reading
    content_id = reading.document.content_id
    owner = owners.setdefault(content_id, reading.file_path)
    if owner == reading.file_path:
        return reading
    return replace(reading, document=None, error=f"its id {content_id} is that of {owner} already; give it another")
