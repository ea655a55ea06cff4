"""How are files and events recognised? By named fields of lines, and none of them is an address."""

import json
from contextlib import contextmanager
from datetime import timedelta
from hashlib import md5, sha256
from ipaddress import ip_address
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from orchestration.events.logs.file_reader import FileReader
from orchestration.events.logs.log_formats import FileFormat
from orchestration.events.logs.log_lines import LineChunk
from orchestration.resources.postgres import connect
from tests.events.logs.log_writing import CLOUDFRONT_HEADER, NOON, Visit, caddy_json, cloudfront, combined, nginx_json

ID = UUID(int=1)


@contextmanager
def reader_of(name, folder, lines):
    salts = lambda days: dict.fromkeys(days, b"salt")  # noqa: E731
    with FileReader("example.org", name.partition(" ")[0], salts, folder, "1GB") as reader:
        head = reader.named_fields(lines)
        reader.read(LineChunk(1, lines, 0))
        yield reader, head


def read(name, folder, text):
    """Ids, visitors, rejected lines and what the file is known by."""
    text = CLOUDFRONT_HEADER + text if name == "cloudfront" else text
    with reader_of(name, folder, text.removesuffix("\n").split("\n")) as (reader, head):
        events = reader.events("ada", 1, ID).read_all().to_pylist()
        rejected = reader.rejected("a.log", 1, ID).read_all().to_pylist()
    return [event["event_id"] for event in events], [event["anonymous_id"] for event in events], rejected, head


def event(ip, other):
    url = f"https://example.org/a?ip={other}"
    data = {"occurred_at": NOON.isoformat(), "client_ip": ip, "page_url": url, "referrer": url, "page_title": "A"}
    return json.dumps({"type": "page_view", "data": data}) + "\n"


def visit(ip, other):
    return Visit(f"/a?ip={other}&b=%2Fc", ip, referrer=f"https://b.example/?from={other.replace(':', '%3A')}")


# One address as the visitor's, another wherever servers and clients write one that is not asked for.
WRITERS = {
    "access_log combined": lambda ip, other: combined(visit(ip, other)),
    "access_log main": lambda ip, other: combined(visit(ip, other)).strip() + f' "{other}, {ip}" 0.01\n',
    "access_log odd agent": lambda ip, other: combined(Visit(ip=ip, agent='a "b"c')).strip() + f' "{other}" 5ms\n',
    "access_log vhost": lambda ip, other: "a.example:80 " + combined(visit(ip, other)),
    "access_log host's address": lambda ip, other: f"{other} " + combined(visit(ip, other)),
    "access_log forwarded": lambda ip, other: f"{other}, " + combined(visit(ip, other)),
    "access_log user": lambda ip, other: combined(visit(ip, other)).replace(" - - ", f" {other} {ip} "),
    "nginx_json": lambda ip, other: nginx_json(visit(ip, other), http_x_forwarded_for=other, upstream_addr=ip),
    "caddy_json": lambda ip, other: caddy_json(visit(ip, other), other, common_log=ip),
    "cloudfront": lambda ip, other: cloudfront(visit(ip, other)).replace("198.51.100.9", other.replace(":", "%3A")),
    "ndjson": event,
    "ndjson escaped": lambda ip, other: event(ip, other).replace("client_ip", "client\\u005fip"),
    "ndjson batch": lambda ip, other: '{"events": [' + event(ip, other).strip() + "]}\n",
}
# A reader takes a while to open, so that each test has one example with many lines. Hypothesis begins with the
# simplest, whose lines are all alike: that one must not count. To shrink what fails would take minutes.
ONE = settings(max_examples=1, deadline=None, phases=[Phase.generate])


def varied(lines):
    return len(set(lines)) > len(lines) / 3


ADDRESSES = st.lists(st.tuples(*[st.ip_addresses().map(str)] * 2), min_size=20, max_size=20).filter(varied)


@pytest.mark.parametrize("name", WRITERS)
@ONE
@given(ADDRESSES, ADDRESSES)
def test_no_digest_depends_on_an_address(tmp_path_factory, name, one, two):
    folder = tmp_path_factory.mktemp("spill")
    first, second = (read(name, folder, "".join(WRITERS[name](*pair) for pair in pairs)) for pairs in (one, two))
    assert first[0] == second[0]
    assert len(first[0]) == 20
    assert first[3] == second[3]


def is_address(text):
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


ODD = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30),
    st.sampled_from(
        ["-", "", "unknown", "host.example", "a.example:80", "1.2.3", "12:30", "\ufffd1.2.3.4", "1.2.3.4.5", "[]"]
    ),
    st.lists(st.sampled_from(["-", "a.example:80", "unknown,", "[", '"', "::", "1.2.3.4x", "]"]), max_size=6).map(
        " ".join
    ),
)
NO_ADDRESS = ODD.filter(lambda odd: not any(map(is_address, odd.replace(",", " ").replace('"', " ").split())))
SLOTS = {
    "access_log": lambda odd: f"{odd} " + combined(Visit()).partition(" ")[2],
    "nginx_json": lambda odd: nginx_json(Visit(ip=odd)),
    "caddy_json": lambda odd: caddy_json(Visit(ip=odd)),
    "cloudfront": lambda odd: cloudfront(Visit(ip=odd)),
    "ndjson": lambda odd: event(odd, "x"),
}


def test_no_format_is_left_out():
    for asked in (WRITERS, SLOTS):
        missing = set(get_args(FileFormat)) - {"legacy"} - {name.partition(" ")[0] for name in asked}
        assert not missing, (
            f"add {sorted(missing)} to WRITERS and SLOTS: a visit in log_writing.py as this format has it"
        )


@pytest.mark.parametrize("name", SLOTS)
@ONE
@given(st.lists(NO_ADDRESS, min_size=50, max_size=50).filter(varied))
def test_what_is_no_address_makes_no_visitor(tmp_path_factory, name, odd):
    ids, _, rejected, _ = read(name, tmp_path_factory.mktemp("spill"), "".join(map(SLOTS[name], odd)))
    assert (ids, len(rejected)) == ([], 50)


@pytest.mark.parametrize("name", SLOTS)
@ONE
@given(st.data())
def test_a_line_with_any_bytes_in_it_is_read_or_rejected(tmp_path_factory, name, data):
    writer = WRITERS[name if name in WRITERS else f"{name} main"]
    line = writer("203.0.113.77", "203.0.113.78").strip()
    odd = [
        line[:at]
        + data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=20))
        + line[at + cut :]
        for at, cut in data.draw(st.lists(st.tuples(st.integers(0, len(line)), st.integers(0, 40)), min_size=30))
    ]
    assume(varied(odd))
    _, visitors, rejected, _ = read(name, tmp_path_factory.mktemp("spill"), "\n".join(odd))
    assert len(visitors) + len(rejected) <= len(odd)
    assert all(visitors)
    assert "203.0.113.7" not in str(rejected)


def test_a_file_of_a_version_that_took_whole_lines_adds_only_what_is_new(load, rows, database_url):
    """nginx's own format ends with the forwarded address. The id is what that version made of this line."""
    line = combined(Visit("/x", "10.0.0.1")).strip() + ' "198.51.100.77"\n'
    rest = line.strip().split(" ", 1)[1]
    head = sha256(b"example.org\n" + rest.encode()).digest()
    with connect(database_url) as connection:
        content = md5(f" {rest}".encode(), usedforsecurity=False).hexdigest()
        digest = sha256("\x1f".join([str(UUID(bytes=head[:16])), "1", content]).encode()).hexdigest()
        id_then = f"{int(NOON.timestamp() * 1000):012x}8{digest[:3]}8{digest[3:18]}"
        connection.execute("select raw.ensure_event_partitions(%s)", [[NOON.date()]])
        connection.execute(
            "with import as (insert into raw.imports (site, file, format, file_id, head_lines, head_digest, "
            "digest_rule, lines_read, events_added, events_known, lines_passed_over, lines_rejected) "
            "values ('example.org', '/a.log', 'access_log', %s, 1, %s, 1, 1, 1, 0, 0, 0) returning import_id) "
            "insert into raw.events (event_id, occurred_at, event_type, source, import_id, line_number, site, "
            "user_code, is_bot) select %s, %s, 'page_view', 'access_log', import_id, 1, 'example.org', 'ada', false "
            "from import",
            [UUID(bytes=head[:16]), head, UUID(id_then), NOON],
        )
    new = combined(Visit("/y", at=NOON + timedelta(seconds=1)))
    assert load(line).events_added == 0
    assert load(line + new).events_added == 1
    assert load(line + new).events_added == 0
    assert rows("select count(*), count(distinct import_id) from raw.events") == [(2, 2)]


def test_one_line_that_another_file_holds_too_is_another_visit_and_two_in_a_row_are_copies(load, rows):
    lines = [combined(Visit(f"/{number}", at=NOON + timedelta(seconds=number))) for number in range(6)]
    assert load("".join(lines[:3]), "access.log.1").events_added == 3
    assert load("".join(lines[3:]), "access.log").events_added == 3
    assert load("".join(lines[3:] + lines[:3]), "joined.log").events_added == 0
    assert load("".join(lines[1:3]), "cut.log").events_added == 0
    of_another_server = combined(Visit("/a")) + lines[1] + combined(Visit("/b"))
    assert load(of_another_server, "other.log").events_added == 3
    assert load(of_another_server, "other.log").events_added == 0
