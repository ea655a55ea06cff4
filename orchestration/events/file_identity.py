"""Which file is this? Not by its name: a log is renamed, rotated and compressed, and it grows."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import psycopg

from orchestration.events.log_formats import FileFormat, address_remover
from orchestration.events.log_lines import LineChunk
from orchestration.resources.locks import alone

HEAD_LINES = 1000


@dataclass(frozen=True)
class FileIdentity:
    """A file, known by its first lines.

    ``file_id`` and the number of a line make the id of its event. ``head_digest`` is the SHA-256 of the first
    ``head_lines`` lines without addresses.
    """

    file_id: UUID
    head_lines: int
    head_digest: bytes


@contextmanager
def identified(database_url: str, site: str, file_format: FileFormat, first: LineChunk) -> Generator[FileIdentity]:
    """Find out which file begins with ``first``; while the block lasts, no other import of the site begins.

    A file that begins as one did that was imported before is that file, perhaps grown since.
    """
    whole_lines = first.lines[:-1] if first.is_cut else first.lines
    heads = list(head_digests(site, map(address_remover(file_format), whole_lines[:HEAD_LINES])))
    head_lines, head_digest = heads[-1]
    with alone(database_url, f"imports {site}") as connection:
        known = known_file(connection, site, heads)
        yield FileIdentity(known or UUID(bytes=head_digest[:16]), head_lines, head_digest)


def head_digests(site: str, lines: Iterable[str]) -> Generator[tuple[int, bytes]]:
    """For each line without address, and before the first, its number and the SHA-256 of the file up to its end."""
    digest = sha256(site.encode())
    yield 0, digest.digest()
    for number, line in enumerate(lines, 1):
        digest.update(b"\n" + line.encode())
        yield number, digest.digest()


def known_file(connection: psycopg.Connection, site: str, heads: list[tuple[int, bytes]]) -> UUID | None:
    row = connection.execute(
        "select file_id from raw.imports join unnest(%s::integer[], %s::bytea[]) as head (lines, digest) "
        "on head_lines = head.lines and head_digest = head.digest "
        "where site = %s order by head_lines desc, import_id limit 1",
        # What has no whole line yet could be any file.
        [[number for number, _ in heads[1:]], [digest for _, digest in heads[1:]], site],
    ).fetchone()
    return row[0] if row else None
