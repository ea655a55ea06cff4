"""Read a file of lines, plain or gzip, in chunks, whatever its bytes are."""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from orchestration.events.addresses import ANY_ADDRESS

CHUNK_BYTES = 16 * 2**20
LONGEST_LINE = 2**20
GZIP_MAGIC = b"\x1f\x8b"


# Logs begin with it, events name it.
ADDRESS = re.compile(r'^[^\s{]+ |"client_ip"\s*:\s*"[^"]*"')


def without_address(line: str) -> str:
    """A line of a log, or an event in JSON, to be hashed: a hash would give an address away to who tries them all."""
    return ADDRESS.sub("", line)


def without_addresses(line: str) -> str:
    """A line of a log without addresses, to be hashed. In JSON they may stand anywhere."""
    return ANY_ADDRESS.sub("", line)


@dataclass(frozen=True)
class LineChunk:
    """Some whole lines of a file, in order.

    ``lines[i]`` is line ``first_line + i`` of the file, counted from 1. ``bytes_read`` says how far the file on disk
    has been read by now. ``damage`` says why the file ends here, where it ends too early. ``is_cut``: the last line has
    no end, so that it may not be whole yet.
    """

    first_line: int
    lines: list[str]
    bytes_read: int
    damage: str | None = None
    is_cut: bool = False


def read_line_chunks(path: Path, chunk_bytes: int = CHUNK_BYTES) -> Iterator[LineChunk]:
    """Yield the lines of ``path``; bytes that are not UTF-8 become U+FFFD, as do NULs, which PostgreSQL cannot hold.

    A line longer than LONGEST_LINE is cut there. A gzip file that is damaged yields what comes before the damage.
    """
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP_MAGIC
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if is_gzip else file
        next_line, rest, cutting = 1, b"", False
        while True:
            block, damage = read_block(stream, chunk_bytes)
            ended = damage is not None or len(block) < chunk_bytes
            if cutting:  # still inside a line whose start has been given out
                _, found, block = block.partition(b"\n")
                cutting = not found and not ended
                if cutting:
                    continue
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if len(rest) > LONGEST_LINE and not ended:
                whole, newline, rest, cutting = whole + newline + rest[:LONGEST_LINE], b"\n", b"", True
            is_cut = ended and bool(rest)
            if is_cut:
                whole, newline, rest = whole + newline + rest[:LONGEST_LINE], b"\n", b""
            lines = split_lines(whole) if newline else []
            if lines or damage:
                yield LineChunk(next_line, lines, file.tell(), damage, is_cut)
            next_line += len(lines)
            if ended:
                return


def read_block(stream: BufferedReader | gzip.GzipFile, size: int) -> tuple[bytes, str | None]:
    """The next ``size`` bytes, fewer at the end, and what is wrong with the file, if it is."""
    block = bytearray()
    try:
        # read1, since a read that meets the damage gives nothing of what comes before it.
        while len(block) < size and (part := stream.read1(size - len(block))):
            block += part
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return bytes(block), f"the gzip file is damaged: {error}"
    return bytes(block), None


def split_lines(whole: bytes) -> list[str]:
    text = whole.decode("utf-8", errors="replace").replace("\0", "\ufffd")
    return [line.removesuffix("\r")[:LONGEST_LINE] for line in text.split("\n")]
