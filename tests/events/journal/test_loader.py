"""Files of the journal in, rows out, whatever is wrong with some of them."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.events.journal.loader import Loader
from orchestration.resources.postgres import connect
from orchestration.resources.process_roles import LOADER, own_url
from serving.collector.batch import read_batch
from serving.collector.sender import Sender
from tests.serving.collector.running import BROWSER, SITE, free_port, page_view

NOW = datetime.now(UTC)
SENDER = Sender(SITE, "owner", "192.0.2.7", BROWSER)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    folder = tmp_path / "journal"
    folder.mkdir()
    return folder


@pytest.fixture
def loader_url(database_url: str) -> str:
    """The database as the loader's own role reaches it."""
    return own_url(database_url, LOADER, ["tests"])


def line(*paths: str) -> bytes:
    """A line of the journal, as the collector writes it."""
    body = json.dumps({"events": [page_view(path) for path in paths]}).encode()
    return read_batch(body, SENDER, NOW, lambda _: b"salt").line


def test_an_event_is_known_by_its_site_too(journal: Path, database_url: str, loader_url: str):
    """Who knows the id and time of another site's event does not keep it away; each counts once, sent twice or not."""
    now = datetime.now(UTC)
    view, late, off = page_view("/a"), page_view("/late"), page_view("/off")
    ahead = {"sent_at": (now + timedelta(hours=2)).isoformat()}
    bodies = [{"events": [view]}, {"events": [view, late]}, {"events": [off], **ahead}, {"events": [off]}]
    for number, body in enumerate([*bodies, *bodies]):
        for site in (SITE, "other.example"):
            sender = replace(SENDER, site=site, user_code=site)
            read = read_batch(json.dumps(body).encode(), sender, now, lambda _: b"salt")
            write(journal, f"{number}-{site}.ndjson", read.line)
        while Loader(journal, loader_url).run_once():
            pass
    with connect(database_url) as connection:
        found = connection.execute("select site, page_path from raw.events order by 1, 2").fetchall()
        corrected = connection.execute("select site from raw.corrected_events order by 1").fetchall()
    assert found == [(site, path) for site in (SITE, "other.example") for path in ("/a", "/late", "/off")]
    assert corrected == [(SITE,), ("other.example",)]


def write(journal: Path, name: str, *lines: bytes) -> None:
    (journal / name).write_bytes(b"".join(one + b"\n" for one in lines))


def paths(database_url: str) -> list[str]:
    with connect(database_url) as connection:
        question = "select page_path from raw.events order by page_path"
        return [path for (path,) in connection.execute(question).fetchall()]


def left(journal: Path) -> list[str]:
    return sorted(path.name for path in journal.iterdir() if path.is_file())


def changed(event: Callable[[dict[str, Any]], object], *names: str) -> bytes:
    """A line whose first event was changed after the collector had written it."""
    whole = json.loads(line(*names))
    event(whole["events"][0])
    return json.dumps(whole).encode()


DAMAGES = {
    "zero bytes": b"\0" * 5_000,
    "a flipped bit": line("/bad").replace(b'"events":[', b'"events":{'),
    "a flipped bit in a name": line("/bad").replace(b'"events"', b'"evenus"'),
    "a flipped bit in a time's name": line("/bad").replace(b'"occurred_at"', b'"occurred_au"'),
    "half a line": line("/bad")[:-30],
    "two lines in one": line("/bad") * 2,
    "not a line": b"[1, 2]",
    "nothing of ours": b"{}",
    "null": b"null",
    "half a character": line("/bad").replace(b"/bad", b"/b\xc3"),
    "half a surrogate pair": line("/bad").replace(b"/bad", rb"/b\ud800"),
    "a year that DuckDB refuses": changed(lambda it: it["data"].update(occurred_at="+290000-01-01T00:00:00Z"), "/bad"),
    "a number that jsonb refuses": line("/bad").replace(
        b'"page_url"', b'"properties":{"a":1%s},"page_url"' % (b"0" * 200_000)
    ),
    "an id that PostgreSQL refuses": changed(lambda it: it["data"].update(event_id="abcd"), "/bad"),
    "an id that is none": changed(lambda it: it["data"].update(event_id="not an id"), "/bad"),
}


def test_each_damaged_line_is_set_aside_and_all_others_load(
    journal: Path, database_url: str, loader_url: str, subtests: pytest.Subtests
):
    """By one loader, which must go on after each of them."""
    loader = Loader(journal, loader_url)
    for damage, damaged in DAMAGES.items():
        with subtests.test(damage):
            write(journal, "1.ndjson", line("/1"), line("/2"))
            write(journal, "2.ndjson", line("/3"), damaged, line("/4"), line("/5"))
            write(journal, "3.ndjson", line("/6"))
            assert sum(loader.load_waiting() for _ in range(3)) == 6
            assert paths(database_url) == ["/1", "/2", "/3", "/4", "/5", "/6"]
            assert left(journal) == []
            assert (journal / "damaged" / "2.ndjson").read_bytes() == damaged + b"\n"
            assert len((journal / "damaged" / "2.ndjson.reasons").read_text().splitlines()) == 1
            write(journal, "4.ndjson", line("/7"))
            assert loader.load_waiting() == 1
        for file in [*journal.glob("*.ndjson"), *journal.glob("damaged/*")]:
            file.unlink()
        with connect(database_url) as connection:
            connection.execute("truncate raw.events")


def test_a_damaged_event_does_not_take_its_batch_along(journal: Path, database_url: str, loader_url: str):
    bad = changed(lambda it: it["data"].update(event_id="abcd"), "/bad", "/1", "/2")
    write(journal, "1.ndjson", line("/3"), bad)
    assert Loader(journal, loader_url).load_waiting() == 3
    assert paths(database_url) == ["/1", "/2", "/3"]
    kept = json.loads((journal / "damaged" / "1.ndjson").read_bytes())
    assert [event["data"]["page_url"] for event in kept["events"]] == [f"https://{SITE}/bad"]


def test_what_was_set_aside_can_be_mended_and_put_back(journal: Path, loader_url: str):
    write(journal, "1.ndjson", line("/bad").replace(b'"events":[', b'"events":{'))
    loader = Loader(journal, loader_url)
    assert loader.load_waiting() == 0
    aside = journal / "damaged" / "1.ndjson"
    write(journal, "1.ndjson", aside.read_bytes().strip().replace(b'"events":{', b'"events":['))
    assert loader.load_waiting() == 1


def test_a_torn_end_is_cut_off_where_the_writer_is_gone(journal: Path, database_url: str, loader_url: str):
    (journal / "1.open").write_bytes(line("/1") + b"\n" + line("/torn")[:80])
    (journal / "2.open").write_bytes(b"")
    (journal / "3.open").write_bytes(b"\0" * 4_096)
    assert Loader(journal, loader_url).load_waiting() == 1
    assert paths(database_url) == ["/1"]
    assert left(journal) == []


def test_a_postgresql_that_is_down_damages_nothing(journal: Path, loader_url: str):
    write(journal, "1.ndjson", line("/1"), b"\0\0")
    write(journal, "2.ndjson", line("/2"))
    down = Loader(journal, f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(Exception, match="PostgreSQL does not answer"):
        down.load_waiting()
    assert {"1.ndjson", "2.ndjson"} <= set(left(journal))
    assert not (journal / "damaged").exists()
    assert Loader(journal, loader_url).load_waiting() == 2
    assert left(journal) == []


def test_a_table_that_is_not_there_damages_nothing(journal: Path, database_url: str, loader_url: str):
    write(journal, "1.ndjson", line("/1"))
    loader = Loader(journal, loader_url)
    with connect(database_url) as connection:
        connection.execute("alter table raw.events rename to elsewhere")
    for _ in range(2):
        with pytest.raises(Exception, match=r"raw\.events"):
            loader.run_once()
    assert left(journal) == ["1.ndjson"]
    assert not (journal / "damaged").exists()
    with connect(database_url) as connection:
        connection.execute("alter table raw.elsewhere rename to events")
    assert loader.run_once() == 1


def test_a_partition_that_was_dropped_is_made_again(journal: Path, database_url: str, loader_url: str):
    loader = Loader(journal, loader_url)
    write(journal, "1.ndjson", line("/1"))
    assert loader.load_waiting() == 1
    with connect(database_url) as connection:
        connection.execute(f"drop table raw.events_{datetime.now(UTC):%Y%m%d}".encode())
    write(journal, "2.ndjson", line("/2"))
    assert loader.load_waiting() == 1
    assert not (journal / "damaged").exists()
    assert paths(database_url) == ["/2"]


def test_a_connection_that_died_is_replaced(journal: Path, database_url: str, loader_url: str):
    loader = Loader(journal, loader_url)
    write(journal, "1.ndjson", line("/1"))
    loader.load_waiting()
    with connect(database_url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    write(journal, "2.ndjson", line("/2"))
    with pytest.raises(Exception, match=r"terminat|closed"):
        loader.run_once()
    assert loader.run_once() == 1
    assert paths(database_url) == ["/1", "/2"]


def test_a_load_that_was_not_noted_is_repeated_and_adds_nothing(journal: Path, database_url: str, loader_url: str):
    same = line("/1", "/2", str(uuid.uuid4()))
    loader = Loader(journal, loader_url)
    for name in ("1.ndjson", "2.ndjson"):
        write(journal, name, same)
    assert loader.load_waiting() == 3
    write(journal, "1.ndjson", same, same)
    assert loader.load_waiting() == 0
    assert len(paths(database_url)) == 3


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each load takes one file; the next is made ready meanwhile."""
    monkeypatch.setattr("orchestration.events.journal.loader.MOST_BYTES", 1)


@pytest.mark.usefixtures("one_by_one")
def test_a_damaged_file_that_was_made_ready_meanwhile(journal: Path, database_url: str, loader_url: str):
    write(journal, "1.ndjson", line("/1"))
    write(journal, "2.ndjson", line("/2"), b"{}", line("/3"))
    write(journal, "3.ndjson", line("/4"))
    loader = Loader(journal, loader_url)
    assert [loader.run_once() for _ in range(4)] == [1, 2, 1, 0]
    assert paths(database_url) == ["/1", "/2", "/3", "/4"]
    assert left(journal) == []
    assert (journal / "damaged" / "2.ndjson").read_bytes() == b"{}\n"


@pytest.mark.usefixtures("one_by_one")
def test_what_was_made_ready_is_not_loaded_before_what_is_older(journal: Path, database_url: str, loader_url: str):
    write(journal, "2.ndjson", line("/2"))
    write(journal, "3.ndjson", line("/3"))
    loader = Loader(journal, loader_url)
    assert loader.run_once() == 1
    write(journal, "1.ndjson", line("/1"))
    assert loader.run_once() == 1
    assert paths(database_url) == ["/1", "/2"]
    assert left(journal) == ["3.ndjson"]


@pytest.mark.usefixtures("one_by_one")
def test_a_failure_begins_afresh_with_the_oldest(journal: Path, database_url: str, loader_url: str):
    loader = Loader(journal, loader_url)
    for name in ("1", "2", "3"):
        write(journal, f"{name}.ndjson", line(f"/{name}"))
    assert loader.run_once() == 1
    with connect(database_url) as connection:
        connection.execute("alter table raw.events rename to elsewhere")
    with pytest.raises(Exception, match=r"raw\.events"):
        loader.run_once()
    assert left(journal) == ["2.ndjson", "3.ndjson"]
    with connect(database_url) as connection:
        connection.execute("alter table raw.elsewhere rename to events")
    assert [loader.run_once() for _ in range(3)] == [1, 1, 0]
    assert paths(database_url) == ["/1", "/2", "/3"]
