"""Rules that stand in two languages, for the collector and for DuckDB, beside each other on any text."""

import re
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.events.event_preparer import sql
from serving.collector.masking import without_any_ip, without_email
from serving.collector.reasons import excerpt_of
from serving.collector.sanitizing import opaque_id
from serving.collector.sender import Sender, hashed_visitor

# What the rules look for, between other characters. A backslash is an escape for DuckDB alone, which reads JSON.
PARTS = [
    "@",
    "%40",
    "%2540",
    "%",
    "40",
    ".",
    "a",
    "b.c",
    "jane@mail.example",
    "jane%40mail.example",
    *' \t\n/?&=#"<>()[],;:',
]
PARTS += ["192.0.2.1", "2001:db8::1", "::", "0", "é", "日本", "\u00a0", "\u2003", "\x0b", "\x85"]
LETTERS = st.sampled_from(PARTS) | st.characters(codec="utf-8", exclude_characters="\0\\")
TEXTS = st.lists(LETTERS, max_size=9).map("".join)
MANY = st.lists(TEXTS, min_size=30)
thoroughly = settings(max_examples=30, deadline=None)


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(sql("duckdb_macros"))
    return connection


def answers(macros: duckdb.DuckDBPyConnection, expression: str, texts: list[str], **more: Any) -> list[Any]:
    question = f"select {expression} from unnest($texts) as given (text)"
    return [text for (text,) in macros.execute(question, {"texts": texts, **more}).fetchall()]


# How much of the word goes with the address is not the same in both.
REST_OF_WORD = re.compile(r"(?<=\[email\])[^ \t\n\r\f/?&=#\"<>()\[\],;:]+")


@thoroughly
@given(MANY)
def test_an_e_mail_address_reads_like_one_in_both_languages(macros: duckdb.DuckDBPyConnection, texts: list[str]):
    found = [REST_OF_WORD.sub("", text) for text in answers(macros, "without_email(text)", texts)]
    assert found == [REST_OF_WORD.sub("", without_email(text)) for text in texts]


@thoroughly
@given(MANY)
def test_an_id_is_the_same_in_both_languages(macros: duckdb.DuckDBPyConnection, texts: list[str]):
    """But for what is obeyed and not seen, which goes when an id is loaded."""
    sender = Sender("garden.example", "ada", address="", user_agent="")
    kept = [opaque_id(sender, b"salt", text) for text in texts]
    assert answers(macros, "opaque_id('garden.example', text)", texts) == answers(macros, "visible(text)", kept)


@thoroughly
@given(MANY, st.binary(), TEXTS, st.ip_addresses().map(str))
def test_a_visitor_has_the_same_hash_in_both_languages(
    macros: duckdb.DuckDBPyConnection, texts: list[str], salt: bytes, site: str, address: str
):
    found = answers(
        macros, "hashed_visitor($salt, $site, $address, text)", texts, salt=salt, site=site, address=address
    )
    assert found == [hashed_visitor(salt, Sender(site, "ada", address, text)) for text in texts]


@thoroughly
@given(MANY)
def test_the_start_of_a_line_has_addresses_of_machines_in_neither_language(
    macros: duckdb.DuckDBPyConnection, texts: list[str]
):
    """DuckDB looks for them first. So what the collector masked may hold nothing more for it to mask."""
    excerpts = [excerpt_of(text.encode(), "") for text in texts]
    assert answers(macros, "masked_excerpt(text)", excerpts) == answers(macros, "visible(text)", excerpts)
    found = answers(macros, "masked_excerpt(text)", texts)
    assert found == [without_any_ip(without_email(text)) for text in found]
