"""Which rows are a visitor's, table by table."""

import json
import threading
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from orchestration.errors import DogearError
from orchestration.events.event import Event, EventData
from orchestration.events.journal.damage import DAMAGED
from orchestration.events.journal.journal_line import Line
from orchestration.events.journal.journal_line import Visitor as Visit
from orchestration.events.journal.pending_journal import load_pending, loader_lock
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from orchestration.upkeep.erase import Visitor, check_visitor, erase, look
from serving.collector.sanitizing import opaque_id
from serving.collector.sender import Sender

# Who deletes a rejected event cannot commit while another holds the gate.
COMMITS_WAIT = """
    create table public.gate ();
    create function public.wait() returns trigger language plpgsql as
    'begin lock table public.gate; return null; end';
    create constraint trigger wait after delete on raw.rejected_events deferrable initially deferred
    for each row execute function public.wait();
"""
ADA, BROWSER = "acct-4711", "0197f2ab-6c1e-7c3a-8f52-9d0c4b1a7e63"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def add(database_url):
    """Add an event of 2026-05-01, or another day, by hand."""

    def add(connection=None, **columns: object) -> None:
        row: dict[str, Any] = {
            "event_id": uuid4(),
            "occurred_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
            "event_type": "page_view",
            "source": "test",
            "site": "example.org",
            "user_code": "ada",
            "is_bot": False,
            **columns,
        }
        places = ", ".join(["%s"] * len(row))
        with nullcontext(connection) if connection else connect(database_url) as open_connection:
            open_connection.execute("select raw.ensure_event_partitions(array[%s::date])", [row["occurred_at"].date()])
            open_connection.execute(
                f"insert into raw.events ({', '.join(row)}) values ({places})".encode(), list(row.values())
            )

    return add


def counts(erasure) -> dict[str, int]:
    return {it.table: it.rows for it in erasure.removed}


@pytest.mark.parametrize("written", [BROWSER, BROWSER.upper(), BROWSER.replace("-", "")])
def test_an_anonymous_id_is_known_however_it_is_written_also_the_day_after(database_url, settings, add, written):
    add(anonymous_id=BROWSER)
    add(anonymous_id=uuid4(), previous_anonymous_id=BROWSER, occurred_at=datetime(2026, 5, 2, 0, 10, tzinfo=UTC))
    add(anonymous_id=uuid4())
    assert counts(look(database_url, settings, Visitor(written), {})) == {"raw.events": 2}
    assert counts(erase(database_url, settings, Visitor(written), {})) == {"raw.events": 2}
    assert counts(erase(database_url, settings, Visitor(written), {})) == {}


def test_an_id_that_is_an_e_mail_address_is_found_by_its_hash_on_each_site(database_url, settings, add):
    for name in ("a.example", "b.example"):
        add(site=name, account_id=opaque_id(Sender(name, "owner", "", ""), b"", "ada@example.org"))
    assert counts(erase(database_url, settings, Visitor("ada@example.org", "b.example"), {})) == {"raw.events": 1}
    assert counts(erase(database_url, settings, Visitor("ada@example.org"), {})) == {"raw.events": 1}


def test_ids_are_whole_words_and_one_site_is_one_site(database_url, settings, add):
    for site, who in [("a.example", "47"), ("b.example", "47"), ("a.example", "4711"), ("a.example", "47%")]:
        add(site=site, account_id=who, client_occurred_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    with connect(database_url) as connection:
        connection.execute("insert into raw.corrected_events (event_id, site) select event_id, site from raw.events")
        connection.execute(
            "insert into raw.rejected_events (rejected_id, site, source, reason, excerpt) "
            "select gen_random_uuid(), 'a.example', 'collector', 'bad', * from unnest(%s::text[])",
            [['{"account_id": 47, "x": 1}', '{"account_id": "4711"}', "a-47", '{"visitor_id":"47"']],
        )
    assert counts(erase(database_url, settings, Visitor("47", "a.example"), {})) == {
        "raw.events": 1,
        "raw.corrected_events": 1,
        "raw.rejected_events": 2,
    }
    assert counts(erase(database_url, settings, Visitor("47%"), {}))["raw.events"] == 1


@pytest.mark.parametrize(
    ("visitor", "gone"),
    [(Visitor("47"), {0, 1}), (Visitor("47", "a.example"), {0}), (Visitor(BROWSER.upper()), {4, 5})],
)
def test_damaged_lines_go_where_they_name_the_visitor_as_a_whole_word(database_url, settings, visitor, gone):
    (damaged := settings.journal_folder / DAMAGED).mkdir(parents=True)
    ids = ['"47" a.example', '"47" b.example', '"a-47"', '"4711"', f'"{BROWSER}"', f'"{BROWSER.replace("-", "")}"']
    lines = [f"{it} \xff\n".encode("latin-1") for it in ids]
    (damaged / "1.ndjson").write_bytes(b"".join(lines))
    (damaged / "1.ndjson.reasons").write_text("".join(f"{number}\n" for number in range(len(lines))))
    for act in (look, erase):
        assert counts(act(database_url, settings, visitor, {})) == {"journal/damaged": len(gone)}
    kept = [number for number in range(len(lines)) if number not in gone]
    assert (damaged / "1.ndjson").read_bytes() == b"".join(lines[number] for number in kept)
    assert (damaged / "1.ndjson.reasons").read_text() == "".join(f"{number}\n" for number in kept)
    assert counts(look(database_url, settings, visitor, {})) == {}


def test_a_damaged_line_that_can_be_read_names_who_its_values_name(database_url, settings):
    (damaged := settings.journal_folder / DAMAGED).mkdir(parents=True)

    def line(visitor: str = "other", site: str = "a.example", rejected: str = "", **data: object) -> str:
        said = {"site": site, "visitors": [{"day": "2026-05-01", "anonymous_id": visitor}], "events": [{"data": data}]}
        return json.dumps({**said, "rejected": [{"event_index": 0, "reason": "bad", "excerpt": rejected}]})

    hers = [line(account_id="47"), line(account_id=47), line(rejected='{"account_id": 47'), line(visitor="47")]
    others = [line(scroll=47), line(page_title="Route 47"), line(account_id="47", site="xa.example")]
    cut = '{"site":"a.example","scroll":47'
    (damaged / "1.ndjson").write_text("".join(f"{it}\n" for it in [*hers, *others, cut]))
    (damaged / "1.ndjson.reasons").write_text("not 47\n" * (len(hers) + len(others) + 1))
    assert counts(erase(database_url, settings, Visitor("47", "a.example"), {})) == {"journal/damaged": len(hers) + 1}
    assert (damaged / "1.ndjson").read_text() == "".join(f"{it}\n" for it in others)


def test_damaged_lines_go_before_another_erasure_may_read_them(database_url, settings):
    (damaged := settings.journal_folder / DAMAGED).mkdir(parents=True)
    (damaged / "1.ndjson").write_text("cut off: ada\ncut off: bob\n")
    with connect(database_url) as connection:
        connection.execute(COMMITS_WAIT)
        connection.execute(
            "insert into raw.rejected_events (rejected_id, site, source, reason, excerpt) "
            "values (gen_random_uuid(), 'a.example', 'collector', 'bad', 'ada')"
        )
    first, second = (
        threading.Thread(target=erase, args=(database_url, settings, Visitor(who), {})) for who in ("ada", "bob")
    )
    with connect(database_url) as gate:
        gate.execute("lock table public.gate")
        first.start()
        wait_until(database_url, "select from pg_locks where relation = 'public.gate'::regclass and not granted")
        assert (damaged / "1.ndjson").read_text() == "cut off: bob\n", "the erasure is about to commit"
        second.start()
    for thread in (first, second):
        thread.join(timeout=60)
    assert list(damaged.iterdir()) == []


def test_what_is_loaded_meanwhile_is_waited_for(database_url, settings, add):
    add(account_id=ADA)
    done: list = []
    eraser = threading.Thread(target=lambda: done.append(erase(database_url, settings, Visitor(ADA), {})))
    with connect(database_url) as loading:
        add(loading, account_id=ADA)
        eraser.start()
        wait_until(database_url, "select from pg_locks where relation = 'raw.events'::regclass and not granted")
    eraser.join(timeout=60)
    assert counts(done[0]) == {"raw.events": 2}


def wait_until(database_url: str, question: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connect(database_url) as connection:
            if connection.execute(question.encode()).rowcount:
                return
        time.sleep(0.02)
    raise AssertionError(question)


@pytest.mark.parametrize(
    ("visitor", "message"),
    [
        (Visitor(" "), "--visitor must have 1 to 200 characters"),
        (Visitor("a\0b"), "all of which can be printed"),
        (Visitor("47", "nowhere.example"), "There is no site 'nowhere.example'"),
    ],
)
def test_what_cannot_be_a_visitor(database_url, visitor, message):
    with pytest.raises(DogearError, match=message):
        check_visitor(database_url, visitor)


def test_what_waits_in_the_journal_is_loaded_first(database_url, settings, tmp_path):
    line = Line(
        received_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        site="example.org",
        user_code="ada",
        visitors=[Visit(date(2026, 5, 1), BROWSER.replace("-", ""))],
        events=[Event("page_view", EventData(datetime(2026, 5, 1, 12, tzinfo=UTC), event_id=uuid4()))],
    )
    (tmp_path / "1-left.open").write_bytes(msgspec.json.encode(line) + b"\n")
    assert load_pending(tmp_path, database_url, "500MB") is False
    assert counts(look(database_url, settings, Visitor(BROWSER), {})) == {"raw.events": 1}


def test_a_collector_that_runs_is_told_of(database_url, tmp_path):
    assert load_pending(tmp_path / "never", database_url, "500MB") is False
    with loader_lock(tmp_path) as is_ours:
        assert is_ours
        assert load_pending(tmp_path, database_url, "500MB") is True
