"""A visitor came in by every door and was erased: no file of the installation holds a byte of them any more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration.cli.erase import finish
from orchestration.errors import DogearError
from orchestration.events.journal.damage import DAMAGED
from orchestration.events.legacy.import_legacy import LegacyImport
from orchestration.events.logs.import_file import import_file
from orchestration.lake.warehouse_file import warehouse_file
from orchestration.resources.database import ensure_database
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from orchestration.rollups.dbt_project import day_columns, parsed_project
from orchestration.settings import Settings
from orchestration.upkeep.erase import Erasure, Visitor, erase
from orchestration.upkeep.freed_space import rewrite_tables
from orchestration.upkeep.unfinished import note_erasure, unfinished_erasures
from tests.installation import Installation
from tests.parsing import Parsed, database_name
from tests.rollups.building import MODELS, Warehouse
from tests.serving.collector.running import BROWSER, SITE, page_view, running_collector

ACCOUNT, VISITOR, TITLE = "acct-zq4711xk", "browser-zq4711xk", "a title that only Zelda saw"
MAIL, ADDRESS, NEIGHBOUR = "zelda.quill@planted.example", "203.0.113.77", "203.0.113.78"
WHO = {"account_id": ACCOUNT, "visitor_id": VISITOR, "page_title": TITLE}
BY_QUERY = {"page_url": f"https://{SITE}/hers?mail={MAIL}", "referrer": f"https://other.example/?mail={MAIL}"}
AT = datetime.now(UTC) - timedelta(days=3)


@pytest.fixture
def site(tmp_path: Path, parsed: Parsed) -> Iterator[Installation]:
    """An installation with all that is its own below one folder."""
    (home := tmp_path / "home").mkdir()
    with EmbeddedPostgres(home / "postgres", fsync="off") as server:
        ensure_database(server, name := database_name())
        url = with_database(server, name)
        migrate(url)
        parsed.give(url, home)
        yield Installation({"DOGEAR_HOME": str(home), "DATABASE_URL": url}, url)


def come(site: Installation, settings: Settings, folder: Path) -> None:
    """The visitor by the collector, a log, lines of events, an old dump, and in the journal; a neighbour too."""
    with running_collector(settings.home_folder, site.database_url, TRUSTED_PROXIES="127.0.0.1/32") as collector:
        theirs = [page_view(**WHO, properties={"mail": MAIL}), page_view(**WHO, **BY_QUERY)]
        bad = page_view(**WHO, engaged_seconds="long")
        collector.post({"events": [*theirs, bad]}, headers={"X-Forwarded-For": ADDRESS})
        collector.post({"events": [page_view()]}, headers={"X-Forwarded-For": NEIGHBOUR})
        collector.wait_for(3)
    happened = {"occurred_at": AT.isoformat(), "page_url": f"https://{SITE}/"}
    lines = [{"type": "page_view", "data": {**happened, **who}} for who in (WHO, {"visitor_id": "neighbour"})]
    (ndjson := folder / "events.ndjson").write_text("\n".join(map(json.dumps, lines)))
    (log := folder / "access.log").write_text(
        f'{ADDRESS} - {ACCOUNT} [{AT:%d/%b/%Y:%H:%M:%S +0000}] "GET /?mail={MAIL} HTTP/1.1" 200 5 "-" "{BROWSER}"\n'
    )
    for file in (ndjson, log):
        import_file(site.database_url, file, site=SITE, user_code="owner", spill=settings.home_folder)
    old = {"event_type": "pageview", "event_data": {**WHO, "ip": ADDRESS, "mail": MAIL}, "created_at": AT.isoformat()}
    (dump := folder / "old.ndjson").write_text(json.dumps(old))
    LegacyImport(site.database_url, SITE, "owner", spill=settings.home_folder).dump(dump)
    (damaged := settings.journal_folder / DAMAGED).mkdir()
    (damaged / "1.ndjson").write_text(f'{{"account_id":"{ACCOUNT}"\n{{"account_id":"neighbour"\n')
    (damaged / "1.ndjson.reasons").write_text(f"cut off after {ACCOUNT}\ncut off\n")
    with duckdb.connect(str(warehouse_file(settings))) as warehouse:
        warehouse.execute(f"create table copied as select '{ACCOUNT}' as account_id")


def holding(folder: Path, needles: dict[str, list[bytes]]) -> dict[str, set[str]]:
    """The files in which they are, compressed columns of Parquet files included."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            if file.suffix == ".parquet":
                data += repr(duckdb.sql(f"from read_parquet('{file}')").fetchall()).encode()
            if hits := {name for name, texts in needles.items() if any(text in data for text in texts)}:
                found[str(file.relative_to(folder))] = hits
    return found


def test_no_file_holds_a_visitor_that_was_erased(site, tmp_path, parsed):
    settings = Settings(home=Path(site.environment["DOGEAR_HOME"]))
    come(site, settings, tmp_path)
    warehouse = Warehouse.of(site)
    warehouse.build(select=MODELS)
    warehouse.refresh("analytics_visitors")
    site.dogear("lake", "export")
    hashes = site.rows("select distinct anonymous_id from raw.events where account_id = %s", [ACCOUNT])
    needles = {
        **{name: [text.encode()] for name, text in {"account": ACCOUNT, "visitor": VISITOR, "title": TITLE}.items()},
        "mail": [MAIL.partition("@")[0].encode()],
        "address": [ADDRESS.encode()],
        "hash": [text for (it,) in hashes if it for text in (it.bytes, it.hex.encode(), str(it).encode())],
    }
    with connect(site.database_url) as connection:
        connection.autocommit = True
        connection.execute("checkpoint")
    before = holding(settings.home_folder, needles)
    assert {name.partition("/")[0] for name in before} == {"journal", "lake", "postgres", "warehouse.duckdb"}
    assert set().union(*before.values()) == {"account", "visitor", "title", "hash"}

    said = site.dogear("erase", "--visitor", ACCOUNT).stdout
    assert "  journal/damaged                   1 row " in said
    assert holding(settings.home_folder, needles) == {}
    assert (settings.journal_folder / DAMAGED / "1.ndjson").read_text() == '{"account_id":"neighbour"\n'
    assert (settings.journal_folder / DAMAGED / "1.ndjson.reasons").read_text() == "cut off\n"
    assert site.rows("select count(*) from raw.events") == [(3,)], "the neighbour's two, and that of the log"


def test_an_erasure_that_ended_after_its_commit_is_finished_by_the_next_one(site):
    settings = Settings(home=Path(site.environment["DOGEAR_HOME"]))
    needles = {"account": [ACCOUNT.encode()]}
    who = {"site": SITE, "user_code": "owner", "event_type": "page_view", "is_bot": False, "account_id": ACCOUNT}
    with connect(site.database_url) as connection:
        connection.execute("select raw.ensure_event_partitions(array[%s::date])", [AT.date()])
        connection.execute(
            f"insert into raw.events (event_id, occurred_at, source, {', '.join(who)}) "
            "values (gen_random_uuid(), %s, 'test', %s, %s, %s, %s, %s)".encode(),
            [AT, *who.values()],
        )
    columns = day_columns(parsed_project(site.database_url, settings))
    erase(site.database_url, settings, Visitor(ACCOUNT), columns)
    with connect(site.database_url) as connection:
        connection.autocommit = True
        connection.execute("checkpoint")
    assert any("/base/" in file for file in holding(settings.home_folder, needles)), "a table of PostgreSQL"

    said = site.dogear("erase", "--visitor", ACCOUNT).stdout
    assert said.startswith(f"0 rows: there is nothing of {ACCOUNT} on any site.\nPostgreSQL's tables are written again")
    assert holding(settings.home_folder, needles) == {}
    assert site.rows("select from ops.unfinished_erasures") == []
    assert "written again" not in site.dogear("erase", "--visitor", ACCOUNT).stdout


def test_what_cannot_be_written_to_the_lake_keeps_no_bytes_in_postgresql(database_url, tmp_path):
    (tmp_path / "lake").write_text("no folder")
    with connect(database_url) as connection:
        note_erasure(connection, [AT.date()])
    with pytest.raises(DogearError, match=r"the lake is not yet\. To finish, run the same command again\."):
        finish(Settings(home=tmp_path), database_url, Erasure([], [], [AT.date()]))
    with connect(database_url) as connection:
        assert unfinished_erasures(connection) == []


@pytest.mark.parametrize(
    ("act", "why"),
    [
        ("lock table raw.visitor_salts", "raw.visitor_salts is in use"),
        ("select pg_current_xact_id()", "may still read"),
    ],
)
def test_who_keeps_the_bytes_there_is_said(database_url, act, why):
    with connect(database_url) as connection:
        connection.execute("insert into raw.visitor_salts (day, salt) values (current_date, '')")
    with connect(database_url) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute(act)
        with pytest.raises(DogearError, match=why):
            rewrite_tables(database_url, [], longest_wait=0.1)
    rewrite_tables(database_url, [])
