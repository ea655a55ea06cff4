"""Rows of the old table analytics_events in, rows of raw.events out, from the table or from a dump of it."""

import json
import re
from collections import Counter
from datetime import UTC, datetime

import duckdb
import pytest
import typer
from psycopg.types.json import Jsonb
from typer.testing import CliRunner

from orchestration.cli.import_legacy import import_legacy
from orchestration.content.sites import Site, save_site
from orchestration.errors import DogearError
from orchestration.events.legacy.import_legacy import LegacyImport
from orchestration.events.legacy.legacy_table import archive, find_legacy_table
from orchestration.resources.postgres import connect

NOON = datetime(2025, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
FIRST = {
    "session_id": "s1",
    "user_code": "ada",
    "share_code": "cv-1",
    "contact_id": "c9",
    "page": "/blog/a?utm_source=news&token=secret",
    "title": "Hello",
    "referrer": "https://www.search.example/?q=x",
    "user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "ip": "203.0.113.77",
    "time_on_page": 12.5,
    "scroll_depth": "80",
    "device": "Mobile",
    "country": "de",
    "letter_type": "thanks",
    "nested": {"mail": "someone@mail.example", "from": ["203.0.113.77", 1]},
    "last_address": "203.0.113.77",
}
EVENTS = [
    ("pageview", FIRST),
    (
        "click",
        {
            "sessionId": "s1",
            "click_target": "cta",
            "target": "other",
            "x": 3,
            "element_id": "b",
            "email": "a@b.example",
        },
    ),
    ("Session Start", {"visitor_id": "someone@mail.example", "ip_address": "203.0.113.78", "scroll_depth": 900}),
    (
        "letterGenerated",
        {"anonymous_id": "v1", "page_url": "https://example.org/cv", "page": "resume", "note": 'a"b\\c d'},
    ),
]


@pytest.fixture
def old_table(database_url):
    """Make the old table and fill it with rows (event_type, event_data, created_at)."""

    def old_table(events=EVENTS, columns="event_type text, event_data jsonb, created_at timestamptz"):
        with connect(database_url) as connection:
            connection.execute(f"create table analytics_events (id bigserial primary key, {columns})".encode())
            for event_type, data in events:
                connection.execute(
                    "insert into analytics_events (event_type, event_data, created_at) values (%s, %s, %s)",
                    [event_type, Jsonb(data), NOON],
                )
        return find_legacy_table(database_url, "analytics_events")

    return old_table


@pytest.fixture
def target(database_url):
    return LegacyImport(database_url, "example.org", "ada")


@pytest.fixture
def dump(database_url, tmp_path):
    """Write what COPY gives of the table to a file."""

    def dump(options: str, question="select * from analytics_events order by id", around=("", "")):
        with (
            connect(database_url) as connection,
            connection.cursor() as cursor,
            cursor.copy(f"copy ({question}) to stdout {options}".encode()) as copy,
        ):
            content = b"".join(copy).decode()
        path = tmp_path / "dump"
        path.write_text(around[0] + content + around[1])
        return path

    return dump


def test_keys_become_columns_and_what_has_none_becomes_properties(old_table, target, rows, everything):
    summary = target.table(old_table())
    assert (summary.lines_read, summary.events_added, summary.lines_rejected) == (4, 4, 0)
    assert rows(
        "select event_type, client_session_id, share_code, page_path, page_title, utm_source, referrer_host, "
        "engaged_seconds, scroll_depth_percentage, device_type, country_code, is_bot, occurred_at, source, properties "
        "from raw.events where event_type = 'page_view'"
    ) == [
        (
            *("page_view", "s1", "cv-1", "/blog/a", "Hello", "news", "search.example", 12.5, 80, "mobile", "DE", True),
            *(NOON, "legacy"),
            {
                "letter_type": "thanks",
                "nested": '{"from":["[ip]",1],"mail":"[email]"}',
                "last_address": "[ip]",
            },
        )
    ]
    assert rows(
        "select event_type, client_session_id, client_visitor_id, click_target, pointer_x, page_host, properties "
        "from raw.events where event_type <> 'page_view' order by 1"
    ) == [
        ("click", "s1", None, "cta", 3, None, {"target": "other", "email": "[email]"}),
        ("letter_generated", None, "v1", None, None, "example.org", {"page": "resume", "note": 'a"b\\c d'}),
        ("session", None, None, None, None, None, {"visitor_id": "[email]", "scroll_depth": 900}),
    ]
    assert rows("select count(*) from raw.events where anonymous_id is not null and event_type = 'session'") == [(1,)]
    for secret in ("203.0.113", "someone", "a@b.example", "token"):
        assert secret not in everything()


def test_the_same_rows_again_add_nothing_from_wherever_they_come(old_table, target, dump, rows):
    table = old_table()
    target.table(table)
    assert (target.table(table).events_added, target.table(table).events_known) == (0, 4)
    script = (
        "-- PostgreSQL database dump\nSET client_encoding = 'UTF8';\nCOPY public.other (a, b) FROM stdin;\n1\t2\n\\.\n"
        "COPY public.analytics_events (id, event_type, event_data, created_at) FROM stdin;\n",
        "\\.\n\nSELECT 1;\n",
    )
    as_json = "select row_to_json(t)::text from (select * from analytics_events order by id) as t"
    dumps = [
        lambda: dump(""),
        lambda: dump("", around=script),
        lambda: dump("(format csv)"),
        lambda: dump("(format csv, header)"),
        lambda: dump("(format csv, quote e'\\x01', delimiter e'\\x02')", as_json),
    ]
    for make in dumps:
        summary = target.dump(make())
        assert (summary.lines_read - summary.lines_passed_over, summary.events_known, summary.events_added) == (4, 4, 0)
    assert rows("select count(*) from raw.events") == [(4,)]


def test_rows_without_an_id_are_known_by_what_they_say(old_table, target, dump, rows):
    old_table()
    path = dump("(format csv)", "select event_type, event_data, created_at from analytics_events")
    assert target.dump(path).events_added == 4
    path.write_text(
        "".join(reversed(path.read_text().splitlines(keepends=True))).replace("203.0.113.77", "203.0.113.99")
    )
    assert target.dump(path).events_added == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, {"session_id": "s"}, NOON), "event_type is no name"),
        (("1st", {"session_id": "s"}, NOON), "event_type is no name"),
        (("click", {"page": "/a"}, NOON), "nobody did it"),
        (("click", ["s"], NOON), "event_data is no JSON object"),
        (("click", None, NOON), "event_data is no JSON object"),
        (("click", {"session_id": "s"}, None), "created_at cannot be read"),
        (("click", {"session_id": "s", "ip": "203.0.113.77"}, "infinity"), "created_at lies in the future"),
        (("click", {"session_id": "s"}, "1970-01-01"), "created_at lies before 1990"),
    ],
)
def test_an_odd_row_is_rejected_with_its_reason_and_the_rest_goes_on(
    old_table, target, database_url, rows, everything, row, reason
):
    table = old_table()
    with connect(database_url) as connection:
        connection.execute(
            "insert into analytics_events (event_type, event_data, created_at) values (%s, %s, %s)",
            [row[0], None if row[1] is None else Jsonb(row[1]), row[2]],
        )
    summary = target.table(table)
    assert (summary.lines_read, summary.events_added, summary.lines_rejected) == (5, 4, 1)
    ((line_number, found),) = rows("select line_number, reason from raw.rejected_events")
    assert (line_number, reason in found) == (5, True)
    assert "203.0.113" not in everything()


def test_a_table_of_texts_and_times_without_zone_is_read(old_table, target, rows):
    assert (
        target.table(old_table(EVENTS[:1], "event_type text, event_data text, created_at timestamp")).events_added == 1
    )
    assert rows("select page_title from raw.events") == [("Hello",)]


def test_events_of_several_owners_are_not_given_to_one(old_table, database_url, target, rows):
    table = old_table([("click", {"session_id": "s", "user_code": owner}) for owner in ("ada", "bob", "bob")])
    with pytest.raises(DogearError, match=r"several owners \(ada, bob\)"):
        target.table(table)
    summary = LegacyImport(database_url, "example.org", "bob", owner="bob").table(table)
    assert (summary.lines_read, summary.events_added, summary.lines_passed_over) == (3, 2, 1)


def test_the_old_table_is_archived_when_its_rows_are_here_and_not_before(old_table, target, database_url, rows):
    table = old_table()
    summary = target.table(table)
    with pytest.raises(DogearError, match="holds 4 rows now, and 3 were read"):
        archive(table, summary.lines_read - 1)
    assert archive(table, summary.lines_read) == "archive.analytics_events"
    assert rows("select count(*) from archive.analytics_events") == [(4,)]
    again = old_table()
    with pytest.raises(DogearError, match='already exists in schema "archive"'):
        archive(again, target.table(again).lines_read)
    assert rows("select count(*) from public.analytics_events") == [(4,)]


def test_a_damaged_line_of_a_dump_is_rejected_alone(old_table, target, dump, rows):
    old_table()
    for options in ("", "(format csv)"):
        path = dump(options)
        first, second, *rest = path.read_text().splitlines(keepends=True)
        path.write_text(first + second[:40] + "\n" + "".join(rest))
        summary = target.dump(path)
        assert (summary.lines_read, summary.lines_rejected) == (4, 1)
    assert rows("select count(*) from raw.events") == [(3,)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("a,b\n", "its first line has 2 columns"),
        ("-- PostgreSQL database dump\nSELECT 1;\n", "no COPY of a table"),
    ],
)
def test_a_file_that_is_no_dump_is_one_clear_error(target, tmp_path, content, message):
    (path := tmp_path / "dump").write_text(content)
    with pytest.raises(DogearError, match=message):
        target.dump(path)


def test_a_table_that_is_not_the_old_one_is_one_clear_error(database_url):
    with pytest.raises(DogearError, match=r"There is no table 'nowhere\.at all'"):
        find_legacy_table(database_url, "nowhere.at all")
    with pytest.raises(DogearError, match=r"raw.events has no column event_data and created_at"):
        find_legacy_table(database_url, "raw.events")


def test_json_that_was_written_as_text_of_json_is_read(target, tmp_path, rows):
    row = {
        "id": 7,
        "event_type": "click",
        "event_data": json.dumps({"session_id": "s"}),
        "created_at": "2025-03-01T12:00:00Z",
    }
    (path := tmp_path / "rows.ndjson").write_text(json.dumps(row) + "\n")
    assert target.dump(path).events_added == 1


def test_the_command_prints_what_became_of_the_rows_and_archives_the_table(
    old_table, database_url, tmp_path, monkeypatch, rows
):
    old_table()
    save_site(database_url, Site("example.org", "ada"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("OLD_URL", database_url)
    monkeypatch.setenv("DOGEAR_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    app.command()(import_legacy)
    ran = CliRunner().invoke(app, ["analytics_events", "--url-from", "OLD_URL", "--archive"])
    assert ran.exit_code == 0, ran.output
    assert "4 rows = 4 events added, 0 known already, 0 rejected." in ran.output
    assert "The table is archive.analytics_events now." in ran.output
    (archived,) = (tmp_path / "home/lake/legacy").glob("public.analytics_events-*.parquet")
    kept = duckdb.sql(f"select event_type, event_data from '{archived}'").fetchall()
    assert Counter(kind for kind, _ in kept) == Counter(kind for kind, _ in EVENTS)
    assert json.loads(next(data for kind, data in kept if kind == "letterGenerated")) == EVENTS[3][1]
    assert not re.search(r"203\.0\.113|mail\.example", str(kept))
    again = CliRunner().invoke(app, ["archive.analytics_events"])
    assert "4 rows = 0 events added, 4 known already, 0 rejected." in again.output
    assert rows("select format, lines_read from raw.imports") == [("legacy", 4), ("legacy", 4)]
    refused = CliRunner().invoke(app, ["analytics_events", "--url-from", "postgresql://ada:secret@host/db"])
    assert "takes the name of an environment variable" in str(refused.exception)
