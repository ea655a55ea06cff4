"""Characters that terminals and layouts obey, in whatever is read; none of them in what is kept."""

import json
import re
import unicodedata

import duckdb
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.events.event import EventData
from orchestration.events.event_preparer import sql

OBEYED = {"Cc", "Zl", "Zp"}
BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
TEXTS = st.text(
    st.sampled_from("ab/ \\\"'nu0\x00\x07\x1b\x7f\x9b\n\u200d\u2028\u202e\u2066\u2069\ufeff\U0001f600")
    | st.characters(codec="utf-8")
)
HOSTILE = "a\x1b]8;;evil\x07b\u202ec\u2066\x9b2Jd"


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(sql("duckdb_macros"))
    return connection


def seen(text: str) -> str:
    """By what Unicode says of each character."""
    return "".join(
        " "
        if unicodedata.category(it) in OBEYED or unicodedata.bidirectional(it) in BIDIRECTIONAL or it == "\ufeff"
        else it
        for it in text
    )


def is_seen(text: str) -> bool:
    return seen(text) == text


@settings(max_examples=30)
@given(st.lists(TEXTS, min_size=5))
def test_each_character_that_is_obeyed_becomes_a_space(macros, texts):
    found = macros.execute("select visible(text) from unnest(?) as given (text)", [texts]).fetchall()
    assert found == [(seen(text),) for text in texts]


@settings(max_examples=50)
@given(st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=3), st.booleans())
@example({"a": "\x1b\\\x1b"}, True)
def test_json_stays_json_and_its_escapes_are_read_too(macros, properties, in_ascii):
    written = json.dumps(properties, ensure_ascii=in_ascii)
    ((kept,),) = macros.execute("select visible_json(?)", [written]).fetchall()
    found = json.loads(kept)
    assert all(is_seen(key) and (not isinstance(value, str) or is_seen(value)) for key, value in found.items())
    # A run of escapes is one space.
    assert {squeezed(key) for key in found} == {squeezed(seen(key)) for key in properties}


def squeezed(text: str) -> str:
    return re.sub(" +", " ", text)


def test_what_is_obeyed_is_kept_nowhere_whoever_brings_it(load, rows, everything):
    event = {
        "type": "note",
        "data": {
            "occurred_at": "2026-03-01T09:00:00Z",
            "session_id": HOSTILE,
            "page_url": f"https://example.org/{HOSTILE}?utm_source=x%1b%07%C2%9By",
            "page_title": HOSTILE,
            "element_text": HOSTILE,
            "properties": {HOSTILE: HOSTILE, "path": "c:\\new\\u001b"},
        },
    }
    bad = {"type": "note", "data": {HOSTILE: HOSTILE}}
    load("\n".join(json.dumps(it) for it in (event, bad)), "events.ndjson")
    log = f'192.0.2.1 - - [01/Mar/2026:09:00:00 +0000] "GET /{HOSTILE} HTTP/1.1" 200 9 "-" "Firefox {HOSTILE}"\n'
    load(log)
    assert rows("select utm_source, properties ->> 'path' from raw.events where event_type = 'note'") == [
        ("x   y", "c:\\new\\u001b")
    ]
    assert rows("select count(*) from raw.events") == [(2,)]
    # Not the first of many bytes, which a salt may begin with.
    obeyed = r"\\(?:x(?:1b|07|9b)(?![0-9a-f]{2})|u202e|u2066)"
    assert re.findall(obeyed, everything().replace("\\\\u", "")) == []


def test_a_text_longer_than_anybody_reads_is_refused_by_its_name():
    at = {"occurred_at": "2026-03-01T09:00:00Z"}
    for properties in ({"a": "x" * 4_001}, {"x" * 1_001: 1}):
        with pytest.raises(msgspec.ValidationError, match=r"length <= .*properties"):
            msgspec.convert({**at, "properties": properties}, EventData)
    assert msgspec.convert({**at, "properties": {"x" * 1_000: "x" * 4_000}}, EventData)
