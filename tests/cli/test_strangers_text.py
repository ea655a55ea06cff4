"""What strangers send is shown as text by whatever prints it: no markup, no control characters, no formulas."""

import csv
import io
import unicodedata
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from orchestration.cli.duckdb_shell import run
from orchestration.content.sites import Site, save_site
from orchestration.paths import normal_path
from orchestration.resources.duckdb_engine import locked_duckdb
from orchestration.resources.metadata_table import metadata_table
from orchestration.terminal import complain, say
from orchestration.terminal_display import progress_bar
from orchestration.visible_text import visible_text
from tests.installation import run_dogear
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

# Markup that ends what never began, a link, an emoji's code; red, a title, the same as C1; a bidi override, two lines.
EVIL = "/m[/x]b[link=https://evil.example]x[/link]:smile:\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\r\ndogear: all is well"
SHOWN = r"/m[/x]b[link=https://evil.example]x[/link]:smile:\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\r\ndogear: all is well"


def is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in "\u200c\u200d"


@given(st.text(st.characters()))
def test_nothing_that_is_shown_is_obeyed_and_what_can_be_seen_stays(text):
    shown = visible_text(text)
    assert not any(map(is_obeyed, shown))
    if not any(map(is_obeyed, text)):
        assert shown == text


def test_a_summary_shows_paths_and_clicks_as_they_were_sent(make_installation):
    """Into ``raw.events`` itself: what was accepted by an earlier release is there."""
    site = make_installation("evil", has_tables=True)
    save_site(site.database_url, Site("example.org", "ada"))
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    known: dict[str, Any] = {"occurred_at": at, "user_code": "ada", "site": "example.org", "page_path": EVIL}
    warehouse = Warehouse.of(site)
    warehouse.load(
        Event(event_id=uuid4(), event_type=kind, client_visitor_id="v", **known) for kind in ("page_view", "click")
    )
    site.execute("update raw.events set click_target = page_path where event_type = 'click'")
    warehouse.build(select=MODELS)
    printed = run_dogear({**site.environment, "COLUMNS": "400"}, "analytics").stdout
    # Of a path, what would be obeyed is encoded before.
    assert printed.count(SHOWN) == 1
    assert printed.count(visible_text(normal_path(EVIL))) == 1
    assert not any(map(is_obeyed, printed.replace("\n", "")))


def test_lines_and_errors_stay_lines(capsys):
    say(EVIL)
    complain(EVIL)
    assert capsys.readouterr() == (f"{SHOWN}\n", f"dogear: {SHOWN}\n")


def test_progress_is_no_markup():
    progress = progress_bar()
    progress.add_task(EVIL, total=1)
    printed = io.StringIO()
    Console(file=printed, width=200).print(progress.get_renderable())
    assert SHOWN in printed.getvalue()


def test_a_table_of_the_lake():
    session = duckdb.connect()
    session.execute("create table found as select ? as path", [EVIL])
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert run(session, "from found", csv=False)
    assert r"\x9b2J\u202e\r\ndogear: all is well" in printed.getvalue()
    assert not any(map(is_obeyed, printed.getvalue().replace("\n", "")))


def test_tables_in_dagster_hold_text():
    table = metadata_table(["file", "rows"], [("![x](https://evil.example/?a|b)\x1b", 5)])
    assert [record.data for record in table.records] == [{"file": r"![x](https://evil.example/?a|b)\x1b", "rows": 5}]


@pytest.mark.parametrize("start", "=+-@\t\r\n＝＋－＠")
def test_no_text_in_csv_is_a_formula(start):
    session = duckdb.connect()
    printed = io.StringIO(newline="")
    with redirect_stdout(printed):
        assert run(session, f"select chr({ord(start)}) || '1+1' as text, -5 as \"{start}2\"", csv=True)
    assert list(csv.reader(io.StringIO(printed.getvalue(), newline=""))) == [
        ["text", f"'{start}2"],
        [f"'{start}1+1", "-5"],
    ]


def test_no_log_of_duckdb_goes_past_us(tmp_path, capfd):
    """In a folder out of reach it would end the process, and on standard output show what it quotes as it is."""
    session = locked_duckdb({}, [tmp_path])
    for storage in ("'stdout'", f"'file', storage_path = '{tmp_path}'"):
        for statement in ("call ENABLE_logging", "from enable_logging"):
            assert not run(session, f"{statement}(storage = {storage}); select 1", csv=False)
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("enable_logging is not run here") == 4
    assert list(tmp_path.iterdir()) == []
