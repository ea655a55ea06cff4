"""One path has one form: in Python, in PostgreSQL and in DuckDB."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unicodedata import ucd_3_2_0
from urllib.parse import quote

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from orchestration.paths import normal_path, page_path
from orchestration.resources.postgres import connect, with_database
from orchestration.settings import PROJECT_ROOT
from tests.conftest import TEMPLATE

MACROS = PROJECT_ROOT / "dbt_project" / "macros" / "engine" / "paths.sql"
WRITTEN = r"""/ // . .. %2e index .html .php .ASPX a é + = [ | % %4 %41 %7e %2f %2F %5C \ %25 %2540 %20 < %3c %3F ? # `
%C3%A9 %c3%a9 %C3 %A9 %E2%80%AE %ED%A0%80 %F0%9F%8E%89 %F4%90%80%80 %00 ;jsessionid= ; @ %40 日本"""
PARTS = [*WRITTEN.split(), "e\u0301", "\u0327", "\u1fef", "\u202e", "\ufeff", "\x85", "\x01", "\n", " "]
# What was in Unicode 3.2 composes alike in every version since.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0").filter(
    lambda character: ucd_3_2_0.category(character) != "Cn"
)
ANY_BYTE = st.integers(0, 255).map("%{:02X}".format)
PATHS = st.lists(st.sampled_from(PARTS) | CHARACTERS | ANY_BYTE, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("written", "spelled", "page"),
    [
        ("/docs/caf%C3%A9/", "/docs/café/", "/docs/café"),
        ("/docs/cafe%cc%81", "/docs/café", "/docs/café"),
        ("/%7Eada/a%2Cb%28c%29", "/~ada/a,b(c)", "/~ada/a,b(c)"),
        ("/c%23/a%2fb/100%/%e9", "/c%23/a%2Fb/100%25/%E9", "/c%23/a%2Fb/100%25/%E9"),
        ("/a b/\u202e<x>", "/a%20b/%E2%80%AE%3Cx%3E", "/a%20b/%E2%80%AE%3Cx%3E"),
        ("//a/./b/../c//", "/a/c/", "/a/c"),
        ("/../%2E%2e/a/..", "/", "/"),
        ("", "/", "/"),
        ("/blog/index.html", "/blog/index.html", "/blog"),
        ("/blog/python-3.14", "/blog/python-3.14", "/blog/python-3.14"),
        ("/shop.jsp;jsessionid=AB12", "/shop.jsp", "/shop.jsp"),
    ],
)
def test_a_path_has_one_form(written: str, spelled: str, page: str):
    assert (normal_path(written), page_path(written)) == (spelled, page)


@given(PATHS)
def test_what_is_in_the_one_form_stays(path: str):
    assert normal_path(normal_path(path)) == normal_path(path)
    assert page_path(page_path(path)) == page_path(path) == page_path(normal_path(path))


@given(st.lists(CHARACTERS, max_size=12).map("".join), st.data())
def test_how_much_of_a_path_is_encoded_changes_nothing(name: str, data: st.DataObject):
    partly = "".join(
        character if data.draw(st.booleans()) and character not in "%/" else quote(character, safe="")
        for character in name
    )
    assert normal_path(f"/{partly}/x") == normal_path(f"/{quote(name, safe='')}/x")


Forms = Callable[[Sequence[str | None]], tuple[list[Any], list[Any]]]


@pytest.fixture(scope="module")
def engines(server_url: str) -> Iterator[Forms]:
    """Ask PostgreSQL, then DuckDB, for both forms of some paths."""
    macros = Environment().from_string(MACROS.read_text()).module  # noqa: S701 - it is SQL
    columns = f"{macros.duckdb__normal_path('path')}, {macros.duckdb__page_path('path')}"  # pyright: ignore
    in_postgres = (
        "select raw.normal_path(path), raw.page_path(path) from unnest(%s::text[]) with ordinality t (path, n)"
    )
    with connect(with_database(server_url, TEMPLATE)) as postgres, duckdb.connect() as duck:

        def forms(paths: Sequence[str | None]) -> tuple[list[Any], list[Any]]:
            rows = postgres.execute(f"{in_postgres} order by n", [list(paths)]).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]
            return rows, duck.execute(
                f"select {columns} from unnest($1::varchar[]) as t (path)", [list(paths)]
            ).fetchall()

        yield forms


@given(paths=st.lists(PATHS, min_size=20, max_size=40))
@settings(max_examples=20, deadline=None)
def test_python_postgresql_and_duckdb_agree(engines: Forms, paths: list[str]):
    assert engines(paths) == ([(normal_path(path), page_path(path)) for path in paths],) * 2


def test_no_path_is_no_path(engines: Forms):
    assert engines([None]) == ([(None, None)],) * 2
