"""Read a file of lines, plain or gzip, in chunks, whatever its bytes are."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from orchestration.errors import DogearError

CHUNK_BYTES = 16 * 2**20
# A line takes a few hundred bytes in memory, however short it is.
CHUNK_LINES = 200_000
LONGEST_LINE = 2**20
GZIP_MAGIC = b"\x1f\x8b"
# The first bytes of files that are compressed or packed in other ways.
OTHER_MAGIC = {
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard (.zst)",
    b"\xfd7zXZ\0": "compressed by xz",
    b"BZh": "compressed by bzip2 (.bz2)",
    b"\x04\x22\x4d\x18": "compressed by LZ4 (.lz4)",
    b"LZIP": "compressed by lzip (.lz)",
    b"\x89LZO\0": "compressed by lzop (.lzo)",
    b"\x1f\x9d": "compressed by compress (.Z)",
    b"PK\x03\x04": "a ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
}
TAR_MAGIC = slice(257, 262)
# Not part of a line: a byte order mark, and the NULs that a crash leaves in a file that was being written.
NOT_WRITTEN = "\0\ufeff"


class PackedFileError(DogearError):
    """The file is compressed, or an archive, in a format that is not supported."""


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


def read_line_chunks(path: Path, chunk_bytes: int = CHUNK_BYTES, chunk_lines: int = CHUNK_LINES) -> Iterator[LineChunk]:
    """Yield the lines of ``path``; bytes that are not UTF-8 become U+FFFD, as do NULs, which PostgreSQL cannot hold.

    NULs and byte order marks around a line are no part of it. A line longer than LONGEST_LINE is cut there. A gzip file
    that is damaged yields what comes before the damage. Raises PackedFileError if it is packed in another way.
    """
    with path.open("rb") as file:
        start = file.read(8)
        refuse_packed(start)
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if start.startswith(GZIP_MAGIC) else file
        next_line, rest, cutting = 1, b"", False
        while True:
            block, damage = read_block(stream, chunk_bytes)
            if next_line == 1 and not (rest or cutting):
                refuse_packed(block)
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
            *parts, last = [lines[n : n + chunk_lines] for n in range(0, len(lines), chunk_lines)] or [[]]
            for part in parts:
                yield LineChunk(next_line, part, file.tell())
                next_line += len(part)
            if last or damage:
                yield LineChunk(next_line, last, file.tell(), damage, is_cut)
            next_line += len(last)
            if ended:
                return


def refuse_packed(start: bytes) -> None:
    """Raise PackedFileError if a file that begins with ``start`` is packed in a way that is not read."""
    packed = next((name for magic, name in OTHER_MAGIC.items() if start.startswith(magic)), None)
    if start[TAR_MAGIC] == b"ustar":
        packed = "a tar archive"
    if packed:
        raise PackedFileError(
            f"the file is {packed}, which is not read: unpack it first. Plain files and gzip are read."
        )


def read_block(stream: BufferedReader | gzip.GzipFile, size: int) -> tuple[bytes, str | None]:
    """Return the next ``size`` bytes, fewer at the end, and what is wrong with the file, if it is."""
    block = bytearray()
    try:
        # read1, since a read that meets the damage gives nothing of what comes before it.
        while len(block) < size and (part := stream.read1(size - len(block))):
            block += part
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return bytes(block), f"the gzip file is damaged: {error}"
    return bytes(block), None


def split_lines(whole: bytes) -> list[str]:
    lines = whole.decode("utf-8", errors="replace").split("\n")
    return [line.removesuffix("\r").strip(NOT_WRITTEN)[:LONGEST_LINE].replace("\0", "\ufffd") for line in lines]
