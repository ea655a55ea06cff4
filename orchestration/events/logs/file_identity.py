"""Which file is this? Not by its name: a log is renamed, rotated and compressed, and it grows."""

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import psycopg

from orchestration.events.addresses import ANY_ADDRESS
from orchestration.events.logs.log_formats import FileFormat
from orchestration.events.logs.log_lines import LineChunk
from orchestration.resources.locks import alone, of_site

HEAD_LINES = 1000
# The input of digests of lines: whole lines without the visitor's address, or only named fields.
WHOLE_LINES, NAMED_FIELDS = 1, 2
FIRST_WORD_OR_CLIENT_IP = re.compile(r'^[^\s{]+ |"client_ip"\s*:\s*"[^"]*"')


@dataclass(frozen=True)
class FileIdentity:
    """A file, identified by its first lines.

    The id of an event is derived from ``file_id``, the number of its line and the line's contents. ``head_digest`` is
    the SHA-256 of the named fields of the first ``head_lines`` lines. Lines up to ``old_lines`` were read by a version
    that took whole lines: their events keep their ids.
    """

    file_id: UUID
    head_lines: int
    head_digest: bytes
    old_lines: int = 0


@contextmanager
def identified(
    database_url: str, site: str, file_format: FileFormat, lines: list[str], named_fields: list[str]
) -> Generator[FileIdentity]:
    """Find out which file begins with ``lines``; while the block lasts, no other import of the site begins.

    A file with the same beginning as an imported one is that file, perhaps grown since. ``named_fields``: for each
    of the lines, the text that identifies it.
    """
    heads = list(head_digests(site, named_fields))
    old_heads = list(head_digests(site, [without_address(line, file_format) for line in lines]))
    head_lines, head_digest = heads[-1]
    with alone(database_url, of_site("imports", site)) as connection:
        known, old_lines = known_file(connection, site, heads, old_heads)
        yield FileIdentity(known or UUID(bytes=head_digest[:16]), head_lines, head_digest, old_lines)


def head_lines(chunk: LineChunk) -> list[str]:
    """Return the lines of the first chunk of a file by which it is known. The last may not be whole yet."""
    return (chunk.lines[:-1] if chunk.is_cut else chunk.lines)[:HEAD_LINES]


def head_digests(site: str, lines: Iterable[str]) -> Generator[tuple[int, bytes]]:
    """Yield, before the first line and after each, its number and the SHA-256 of the file up to its end."""
    digest = sha256(site.encode())
    yield 0, digest.digest()
    for number, line in enumerate(lines, 1):
        digest.update(b"\n" + line.encode())
        yield number, digest.digest()


def known_file(
    connection: psycopg.Connection, site: str, heads: list[tuple[int, bytes]], old_heads: list[tuple[int, bytes]]
) -> tuple[UUID | None, int]:
    """Return the id of an already imported file, and how many of its lines were read by their whole text."""
    # A file without a whole line could be any file.
    heads_by_rule = [(WHOLE_LINES, *head) for head in old_heads[1:]] + [(NAMED_FIELDS, *head) for head in heads[1:]]
    row = connection.execute(
        """
        with known as (
            select file_id, import_id, imports.head_lines, digest_rule, lines_read
            from raw.imports
            join unnest(%s::smallint[], %s::integer[], %s::bytea[]) as head (rule, lines, digest)
                on digest_rule = head.rule and head_lines = head.lines and head_digest = head.digest
            where site = %s
        ),
        file as (select file_id from known order by head_lines desc, import_id limit 1)
        select file_id, coalesce(max(lines_read) filter (where digest_rule = %s), 0)
        from known join file using (file_id)
        group by file_id
        """,
        [
            [rule for rule, _, _ in heads_by_rule],
            [lines for _, lines, _ in heads_by_rule],
            [digest for _, _, digest in heads_by_rule],
            site,
            WHOLE_LINES,
        ],
    ).fetchone()
    return row or (None, 0)


def without_address(line: str, file_format: FileFormat) -> str:
    """Return what of a line went into digests by the rule WHOLE_LINES."""
    if file_format in {"access_log", "ndjson"}:
        return FIRST_WORD_OR_CLIENT_IP.sub("", line)
    return ANY_ADDRESS.sub("", line)
