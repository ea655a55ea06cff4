"""Regular expressions: the same texts fit in Python, PostgreSQL and DuckDB, and what takes long is refused."""

import re
from collections.abc import Iterator

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.questions.patterns import PatternError, portable

REFUSED = [
    r"(a)\1",
    "(?=a)",
    "(?i)a",
    "(?P<x>a)",
    r"\bword",
    "a**",
    "*a",
    "(",
    ")",
    "[",
    "[]",
    "a||b",
    "x{101}",
    "x{2,1}",
]
REFUSED += [
    "(?:(?:a{50}){50}){50}",
    "^*",
    "a{",
    "[z-a]",
    "\\",
    "(" * 30 + "a" + ")" * 30,
    "a" * 301,
    "()",
    r"\x41",
    "[[:alpha:]",
]
TEXTS = [
    "",
    "a",
    "ab",
    "/blog/why",
    "a-b",
    "x1",
    "x12y",
    "[",
    "]",
    "^",
    "-",
    "a.b",
    "{",
    "é",
    "A",
    "_",
    "a b",
    "\\",
    "aaa",
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_engines_read_in_other_ways_or_take_long_for_is_refused(pattern: str):
    with pytest.raises(PatternError):
        portable(pattern)


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection


ATOMS = [
    "a",
    "b",
    "/",
    ".",
    r"\.",
    r"\d",
    r"\w",
    r"\S",
    "[a-c]",
    "[^a-c]",
    r"[\d-]",
    r"[\]\\^]",
    "-",
    "é",
    r"\{",
    "[a-]",
    "}",
    "[.]",
]
PIECES = st.recursive(
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "+?", "{1,}"])).map(
        "".join
    ),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map("".join),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: f"({'|'.join(some)})"),
    ),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(begin=st.sampled_from(["", "^"]), pattern=PIECES, end=st.sampled_from(["", "$"]))
def test_all_engines_find_the_same(database: psycopg.Connection, begin: str, pattern: str, end: str):
    asked = portable(begin + pattern + end)
    assert portable(asked) == asked
    wanted = [text for text in TEXTS if re.search(begin + pattern + end, text, re.ASCII)]
    of_postgres = database.execute(
        "select text from unnest(%s::text[]) with ordinality as it(text, at) where regexp_like(text, %s) order by at",
        [TEXTS, asked],
    ).fetchall()
    assert [text for (text,) in of_postgres] == wanted
    of_duckdb = [
        text for text in TEXTS if duckdb.execute("select regexp_matches($1, $2)", [text, asked]).fetchall()[0][0]
    ]
    assert of_duckdb == wanted
