"""Addresses in, wherever a client can put them; none in any table, file or log."""

import base64
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest

from orchestration.events.event_fields import FIELDS
from orchestration.lake.export import export_days
from orchestration.lake.reader import LakeReader
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.embedded_postgres import binaries
from orchestration.settings import Settings
from tests.conftest import database_of_its_own
from tests.serving.collector.running import RunningCollector, page_view, running_collector, until

IPV4, IPV6, SERVED = "203.0.113.77", "2001:db8::77", "198.51.100.23"
FULL = ip_address(IPV6).exploded
MAILS = [
    "jane.roe@planted.example",
    "Jane.Roe@PLANTED.example",
    "jane.roe%40planted.example",
    "jane.roe%2540planted.example",
    "jane.roe%40planted%2Eexample",
    r"jane.roe\u0040planted.example",
    "x" * 400 + "jane.roe@planted.example",
]
# What must be found nowhere, in lower case.
NEEDLES = ["jane.roe", "planted.example", IPV4, SERVED, IPV6, FULL, *(it.replace(":", "%3a") for it in (IPV6, FULL))]
TEXTS = [field.name for field in FIELDS.values() if field.is_text and field.name != "client_ip"]


@pytest.fixture(scope="module")
def trusting(server_url, tmp_path_factory) -> Iterator[RunningCollector]:
    """A collector behind a proxy that it trusts."""
    home = tmp_path_factory.mktemp("privacy")
    with (
        database_of_its_own(server_url) as url,
        running_collector(home, url, TRUSTED_PROXIES="127.0.0.1/32") as collector,
    ):
        yield collector


@contextmanager
def loader_asleep(collector: RunningCollector) -> Iterator[None]:
    """What is accepted stays in the journal, as it does while PostgreSQL is down."""
    loader = next(it for it in collector.processes.programs if it.command[0].endswith(".run_loader")).process
    loader.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        loader.send_signal(signal.SIGCONT)


def events_with(secret: str) -> list[dict[str, Any]]:
    """Events that say it in each place in turn, and bad ones."""
    url = f"https://example.org/{secret}/a?q={secret}&utm_source={secret}&utm_term=a+{secret}#{secret}"
    bad = page_view("/", page_title=f"by {secret}")["data"]
    days_ago = datetime.now(UTC) - timedelta(days=6)
    return [
        page_view(page_title=secret, occurred_at=days_ago.isoformat()),
        *(page_view(**{name: secret[:64] if len(secret) < 64 else secret[-60:]}) for name in TEXTS),
        page_view(page_url=url, referrer=f"https://{secret}/{secret}?q={secret}"),
        page_view(referrer=f"https://other.example/{secret}"),
        page_view(page_title=f"Written by <{secret}>, {secret}", target_url=f"mailto:{secret}?subject=x"),
        page_view(properties={"by": secret, secret: 1, f"a {secret} b": f'{{"by": "{secret}"}}'}),
        {"type": "page_view", "data": {**bad, "engaged_seconds": "long"}},
        {"type": "page_view", "data": {**bad, secret: secret}},
        {"type": secret, "data": bad},
        {"type": "page_view", "data": {**bad, "surprise": [secret] * 200}},
    ]


def send_secrets(collector: RunningCollector, address: str, spellings: list[str]) -> list[str]:
    """Send what holds them; returns the ids of what is accepted."""
    accepted: list[str] = []
    for secret in (*spellings, *MAILS):
        headers = {
            "x-forwarded-for": f"192.0.2.1, {address}",
            "forwarded": f"for={address}",
            "x-real-ip": address,
            "user-agent": f"Reader/1.0 ({secret[-60:]}; {address})",
            "referer": f"https://example.org/?{secret}",
        }
        events = events_with(secret)
        answer = collector.post({"events": events}, headers=headers)
        assert answer.status_code == 202, answer.text
        refused = {it["index"] for it in answer.json()["rejected"]}
        assert refused == set(range(len(events) - 4, len(events)))
        accepted += [event["data"]["event_id"] for index, event in enumerate(events) if index not in refused]
        # JSON may write any character as an escape.
        now = datetime.now(UTC).isoformat().encode()
        escaped = b'{"type": "note", "data": {"occurred_at": "%b", "page_title": "%b"}}'
        text = "".join(f"\\u{ord(character):04x}" for character in secret[-60:]).encode()
        assert collector.post(escaped % (now, text), "/api/v1/analytics/event", headers=headers).status_code == 202
        for refusal in (b'{"%b": 1}', b'{"events": [{"type": "%b"}]}', b'{"events": ["%b"', b'{"events": [], "%b": 1}'):
            assert collector.post(refusal % secret.encode(), headers=headers).status_code in (400, 422)
    return accepted


def assert_no_secret(text: str, where: str) -> None:
    lowered = text.lower()
    for needle in NEEDLES:
        at = lowered.find(needle)
        assert at < 0, f"{needle} in {where}: …{text[max(0, at - 200) : at + 100]}…"


def test_no_address_is_kept_anywhere(trusting: RunningCollector):
    journal = trusting.home / "journal"
    with loader_asleep(trusting):
        accepted = send_secrets(trusting, IPV4, [IPV4, IPV4.replace(".", "%2E")])
        accepted += send_secrets(trusting, IPV6, [IPV6, IPV6.upper(), FULL, IPV6.replace(":", "%3A")])
        served = page_view(client_ip=SERVED, page_title=SERVED)
        bad = {"type": "page_view", "data": {**served["data"], "engaged_seconds": "x"}}
        trusting.send(served, bad)
        accepted.append(served["data"]["event_id"])
        until(lambda: not list(journal.glob("*.open")))
        waiting = "".join(file.read_text() for file in sorted(journal.glob("*.ndjson")))
        assert all(event_id in waiting for event_id in accepted)
        assert_no_secret(waiting, "the journal")
    trusting.wait_for(len(accepted))
    # The salt of a day long past was made by the collector, and is PostgreSQL's a moment later.
    until(lambda: trusting.rows("select count(*) from raw.visitor_salts")[0][0] >= 2)
    dump = [binaries() / "pg_dump", "--data-only", "--inserts", trusting.database_url]
    tables = subprocess.run([str(it) for it in dump], check=True, capture_output=True, text=True).stdout
    assert all(event_id in tables for event_id in accepted)
    assert tables.count("INSERT INTO raw.rejected_events") >= len(MAILS)
    assert_no_secret(tables, "the database")
    for file in (journal / "known.json", trusting.processes.log_file):
        assert_no_secret(file.read_text(), file.name)
    lake = everything_in_lake(trusting)
    assert all(event_id in lake for event_id in accepted)
    assert_no_secret(lake, "the lake")
    assert_salts_are_in_their_place(trusting, waiting, tables)


def test_a_visitor_that_a_proxy_names_is_one_however_the_address_is_written(trusting: RunningCollector) -> None:
    sent = [page_view(client_ip=written) for written in ("2001:db8::9", "[2001:DB8:0::9]:4711", "2001:db8::9%eth0")]
    nobody = page_view(client_ip="unknown")
    trusting.send(*sent, nobody)
    ids = [event["data"]["event_id"] for event in (*sent, nobody)]
    until(lambda: trusting.rows("select 1 from raw.rejected_events where reason like '%client_ip is no IP address%'"))
    question = "select count(*), count(distinct anonymous_id) from raw.events where event_id = any(%s::uuid[])"
    until(lambda: trusting.rows(question, [ids]) == [(3, 1)])


def everything_in_lake(collector: RunningCollector) -> str:
    """Every row, after each day was written, whether it is over or not."""
    settings = Settings(home=collector.home)
    days = [day for (day,) in collector.rows("select distinct (occurred_at at time zone 'UTC')::date from raw.events")]
    with open_duckdb(settings) as engine:
        assert len(list(export_days(collector.database_url, settings, engine, days))) == len(days)
    reader = LakeReader(settings)
    with reader.session() as session:
        return str(session.execute("select event::json from raw.events as event").fetchall())


def assert_salts_are_in_their_place(collector: RunningCollector, waiting: str, tables: str) -> None:
    """They are in raw.visitor_salts and known.json only."""
    salts = [row[0] for row in collector.rows("select salt from raw.visitor_salts")]
    assert len(salts) >= 2
    known = (collector.home / "journal" / "known.json").read_text()
    for salt in salts:
        assert tables.count(salt.hex()) == 1
        assert base64.b64encode(salt).decode() in known or len(salts) > 2
        for text in (waiting, collector.processes.log_file.read_text()):
            assert salt.hex() not in text.lower()
            assert base64.b64encode(salt).decode() not in text


def test_visitors_are_told_apart_where_ids_held_their_addresses(trusting: RunningCollector):
    """A session named after an address stays one session, another address another one."""
    for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2"):
        view = page_view("/session", session_id=f"s-{address}")
        assert trusting.post({"events": [view]}, headers={"x-forwarded-for": address}).status_code == 202
    question = "select client_session_id, count(*) from raw.events where page_path = '/session' group by 1 order by 2"
    found = until(lambda: (rows := trusting.rows(question)) and sum(count for _, count in rows) == 3 and rows)
    assert [count for _, count in found] == [1, 2]
    assert all(session.startswith("hashed-") for session, _ in found)


@pytest.mark.parametrize("header", ["cf-ipcity", "cf-region"])
def test_a_place_that_a_proxy_passes_on_names_nobody(trusting: RunningCollector, header: str):
    """A proxy that is no CDN hands on whatever the client called its city."""
    view = page_view(f"/{header}")
    sent = {"x-forwarded-for": IPV4, "cf-ipcountry": "DE", header: f"jane.roe@planted.example {IPV4}"}
    with loader_asleep(trusting):
        assert trusting.post({"events": [view]}, headers=sent).status_code == 202
        waiting = b"".join(file.read_bytes() for file in (trusting.home / "journal").iterdir() if file.is_file())
        assert view["data"]["event_id"].encode() in waiting
        assert b"planted" not in waiting
    question = "select coalesce(city, region) from raw.events where event_id = %s"
    assert until(lambda: trusting.rows(question, [view["data"]["event_id"]])) == [("[email] [ip]",)]
