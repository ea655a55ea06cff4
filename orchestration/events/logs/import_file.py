"""Import one file of visits: an access log in any format that is read, or NDJSON in the collector's format."""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from stat import S_ISREG
from typing import Any

import psutil

from orchestration.errors import DogearError
from orchestration.events.load_events import load_events
from orchestration.events.logs.file_identity import NAMED_FIELDS, FileIdentity, head_lines, identified
from orchestration.events.logs.file_reader import FileReader
from orchestration.events.logs.log_formats import FileFormat, format_of, why_unread
from orchestration.events.logs.log_lines import LineChunk, PackedFileError, read_line_chunks
from orchestration.events.pages import documents_named_like_files
from orchestration.events.visitor_salts import salts_for
from orchestration.resources.bulk_load import load_rows, one_row
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ImportSummary:
    """What became of the lines of one file.

    ``lines_read`` is the sum of the counts below it, unless lines of NDJSON hold several events. ``days`` are the UTC
    days of the events. ``format`` is None if the file is empty. ``hosts``: those that the file names, and how many page
    views of people each has. ``common_reason``: why most of the rejected lines cannot be read.
    """

    file: str
    format: FileFormat | None
    lines_read: int
    events_added: int
    events_known: int
    lines_passed_over: int
    lines_rejected: int
    days: list[date]
    hosts: Mapping[str, int]
    common_reason: str | None


def import_file(
    database_url: str,
    path: Path,
    *,
    site: str,
    user_code: str,
    spill: Path | None = None,
    memory_limit: str = "2GB",
    on_progress: Progress = lambda _: None,
) -> ImportSummary:
    """Load the file's events; all become visible at once, or none. Events that are there already stay as they are.

    One file of a site is imported at a time; another import waits.
    ``on_progress`` gets how many bytes of the file have been read. Raises DogearError if nothing can be imported.
    """
    import adbc_driver_postgresql.dbapi as adbc
    import duckdb

    try:
        if not S_ISREG(path.stat().st_mode):
            raise DogearError(f"{printable(path)}: not a regular file.")
        chunks = read_line_chunks(path)
        first = next(chunks, None)
        if first is None or (is_blank(first) and next(chunks, None) is None):
            return nothing_in(path, first)
        file_format = detect_format(path, first)
        head = head_lines(first)
        with (
            spill_folder(spill) as folder,
            FileReader(
                site,
                file_format,
                lambda days: salts_for(database_url, days),
                folder,
                memory_limit,
                documents_named_like_files(database_url, site),
            ) as reader,
            identified(database_url, site, file_format, head, reader.named_fields(head)) as identity,
        ):
            reader.old_lines = identity.old_lines
            for chunk in chain([first], chunks):
                reader.read(chunk)
                on_progress(chunk.bytes_read)
            # A person who traces a number to its line may be in another folder.
            return load(database_url, printable(path.absolute()), identity, reader, user_code)
    except PackedFileError as error:
        raise DogearError(f"{printable(path)}: nothing was imported: {error}") from None
    except OSError as error:
        raise DogearError(f"{printable(path)}: {error.strerror or error}.") from None
    except (duckdb.Error, adbc.Error) as error:
        raise DogearError(f"{printable(path)}: nothing was imported: {str(error).splitlines()[0]}") from error


def was_imported(database_url: str, path: Path, site: str) -> bool:
    """Return whether a file of this name was imported for the site."""
    question = "select from raw.imports where site = %s and file = %s limit 1"
    with connect(database_url) as connection:
        return connection.execute(question, [site, printable(path.absolute())]).rowcount > 0


@contextmanager
def spill_folder(parent: Path | None) -> Generator[Path]:
    """Yield a folder for what does not fit into memory, gone when the block ends; those of killed imports go first."""
    parent = parent or Path(tempfile.gettempdir())
    for left in parent.glob("dogear-import-*"):
        if not psutil.pid_exists(int(left.name.split("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"dogear-import-{os.getpid()}-", dir=parent) as folder:
        yield Path(folder)


def printable(path: Path) -> str:
    """Return ``path`` as text that any database holds; bytes that are not UTF-8 are written as \\xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_blank(chunk: LineChunk) -> bool:
    return not any(map(str.strip, chunk.lines))


def nothing_in(path: Path, chunk: LineChunk | None) -> ImportSummary:
    """Return the summary of an empty file: the log of a day without visits is no error. A damaged file is one."""
    if chunk and chunk.damage:
        raise DogearError(f"{printable(path)}: {chunk.damage}; there is nothing to import.")
    lines = len(chunk.lines) if chunk else 0
    return ImportSummary(printable(path.absolute()), None, lines, 0, 0, lines, 0, [], {}, None)


def detect_format(path: Path, chunk: LineChunk) -> FileFormat:
    """Tell by the first lines what the file holds. Raises DogearError if it is no format that is read."""
    if found := format_of(chunk.lines):
        return found
    raise DogearError(f"{printable(path)}: nothing was imported: {why_unread(chunk.lines)}")


def load(database_url: str, file: str, identity: FileIdentity, reader: FileReader, user_code: str) -> ImportSummary:
    """Move what was read into PostgreSQL, in one transaction."""
    days = reader.days()
    events, rejected = reader.counts()
    with connect(database_url) as connection:
        # In a transaction of its own, so that a long load does not make others wait for a new day.
        connection.execute("select raw.ensure_event_partitions(%s)", [days])
    with Server.of(database_url).adbc() as connection:
        import_id = record_import(connection, file, identity, reader, rejected)
        rows = reader.events(user_code, import_id, identity.file_id)
        is_log = reader.format not in {"ndjson", "legacy"}
        added = load_events(connection, rows, file_id=identity.file_id if is_log else None)
        refused = reader.rejected(file, import_id, identity.file_id)
        load_rows(connection, "raw.rejected_events", refused, on_conflict="nothing")
        with connection.cursor() as cursor:
            cursor.execute(
                "update raw.imports set events_added = $1, events_known = $2 where import_id = $3",
                [added, events - added, import_id],
            )
        connection.commit()
    with connect(database_url) as connection:
        # The server would do it after a minute; a build that follows at once should not have to wait for that.
        connection.execute("select raw.analyze_event_partitions(%s)", [days])
    counts = (reader.lines_read, added, events - added, reader.lines_passed_over, rejected)
    return ImportSummary(file, reader.format, *counts, days, reader.hosts(), reader.common_reason())


def record_import(connection: Any, file: str, identity: FileIdentity, reader: FileReader, rejected: int) -> int:
    """Note the import, so that its rows can point to it; how many events were new is only known afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into raw.imports (site, file, format, file_id, head_lines, head_digest, digest_rule, "
            "lines_read, events_added, events_known, lines_passed_over, lines_rejected) "
            "values ($1, $2, $3, $4::text::uuid, $5, $6, $7::bigint::smallint, $8, 0, 0, $9, $10) returning import_id",
            [
                *(reader.site, file, reader.format),
                *(str(identity.file_id), identity.head_lines, identity.head_digest, NAMED_FIELDS),
                *(reader.lines_read, reader.lines_passed_over, rejected),
            ],
        )
        (import_id,) = one_row(cursor)
    return import_id
