import bz2
import gzip
import lzma
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.events.addresses import ANY_ADDRESS, front_of_line, query_without_addresses
from orchestration.events.logs.file_identity import without_address
from orchestration.events.logs.log_formats import format_of_line
from orchestration.events.logs.log_lines import LONGEST_LINE, PackedFileError, read_line_chunks


def lines_of(path: Path, chunk_bytes: int = 7, chunk_lines: int = 3) -> list[tuple[int, str]]:
    chunks = list(read_line_chunks(path, chunk_bytes, chunk_lines))
    assert all(len(chunk.lines) <= chunk_lines for chunk in chunks)
    return [(chunk.first_line + offset, line) for chunk in chunks for offset, line in enumerate(chunk.lines)]


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\ufeff"), max_size=30)),
    st.integers(1, 50),
    st.integers(1, 4),
)
def test_chunks_of_any_size_give_the_same_lines(tmp_path_factory, lines, chunk_bytes, chunk_lines):
    path = tmp_path_factory.mktemp("log") / "log"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    assert lines_of(path, chunk_bytes, chunk_lines) == list(enumerate(lines, 1))


def test_a_last_line_without_newline_and_windows_newlines_count(tmp_path):
    (path := tmp_path / "log").write_bytes(b"one\r\n\r\nthree")
    assert lines_of(path) == [(1, "one"), (2, ""), (3, "three")]


def test_bytes_that_are_no_text_are_replaced(tmp_path):
    (path := tmp_path / "log").write_bytes(b"caf\xe9\0s\n")
    assert lines_of(path) == [(1, "caf\ufffd\ufffds")]


def test_a_byte_order_mark_and_the_nuls_of_a_crash_are_no_part_of_a_line(tmp_path):
    (path := tmp_path / "log").write_bytes(b"\xef\xbb\xbfone\r\n" + b"\0" * 20 + b"two\nthree\0\0\n" + b"\0" * 9)
    assert lines_of(path) == [(1, "one"), (2, "two"), (3, "three"), (4, "")]


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\x28\xb5\x2f\xfd\x04", ".zst"),
        (lzma.compress(b"a line\n"), "xz"),
        (bz2.compress(b"a line\n"), ".bz2"),
        (b"\x04\x22\x4d\x18\x64", ".lz4"),
        (b"PK\x03\x04\x14", "ZIP"),
        (b"\x1f\x9d\x90", ".Z"),
        (b"access.log".ljust(257, b"\0") + b"ustar  \0" + b"\0" * 247, "tar"),
        (gzip.compress(b"access.log".ljust(257, b"\0") + b"ustar  \0" + b"\0" * 247, mtime=0), "tar"),
    ],
)
def test_a_file_packed_in_another_way_is_refused_by_the_name_of_that_way(tmp_path, start, name):
    (path := tmp_path / "log").write_bytes(start + b"\n")
    with pytest.raises(PackedFileError, match=re.escape(name)):
        lines_of(path, 2**16)


def test_a_line_without_end_is_cut_and_the_next_keeps_its_number(tmp_path):
    (path := tmp_path / "log").write_bytes(b"a" * (3 * LONGEST_LINE) + b"\nnext\n")
    (_, long), second = lines_of(path, chunk_bytes=2**18)
    assert len(long) <= LONGEST_LINE + 1
    assert second == (2, "next")


def test_a_damaged_gzip_gives_what_comes_before_the_damage(tmp_path):
    whole = gzip.compress(b"".join(b"line %d\n" % number for number in range(100_000)))
    (path := tmp_path / "log.gz").write_bytes(whole[: len(whole) // 2])
    chunks = list(read_line_chunks(path, 2**16))
    assert chunks[0].lines[0] == "line 0"
    assert chunks[-1].damage is not None
    assert "damaged" in chunks[-1].damage


def test_addresses_of_any_kind_are_taken_out_of_a_line():
    line = (
        '{"ip":"192.0.2.7","six":"2001:db8::7","all":"2001:db8:0:0:0:0:0:7","odd":"::ffff:192.0.2.7","at":"10:11:12"}'
    )
    assert ANY_ADDRESS.sub("", line) == '{"ip":"","six":"","all":"","odd":"","at":"10:11:12"}'


@pytest.mark.parametrize(
    "part",
    ["a", "a:", "1.", ":a", "a:b", "aaaa:", "::", " ", '"client_ip" ', "\\u003a", "%3a", "1, ", "[01/May/2026:1 "],
)
def test_a_long_line_takes_no_hours(part):
    line = part * (LONGEST_LINE // len(part))
    started = time.process_time()
    without_address(line, "caddy_json")
    without_address(line, "access_log")
    query_without_addresses("?" + line)
    front_of_line(line)
    format_of_line(line)
    # It is a fraction of that. What grows with the square of the length would take hours: 16 kB alone took two seconds.
    assert time.process_time() - started < 60
