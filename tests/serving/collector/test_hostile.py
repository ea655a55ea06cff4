"""Whatever is sent, the collector answers with a reason, and keeps what stands beside it."""

import asyncio
import json
import logging
import random
import uuid
from collections.abc import Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from urllib3 import BaseHTTPResponse, HTTPConnectionPool

from orchestration.settings import Settings
from tests.serving.collector.malformed import FIELDS, JSON_VALUES, batch_with, damaged, neighbours
from tests.serving.collector.running import SITE, RunningCollector, page_view, until

BODIES = 3_000
SENDERS = 4
# Each strange value in each field comes up twice; what is damaged is left to chance.
STRANGE = list(product(JSON_VALUES, FIELDS))
PATH = f"/api/analytics/ingest?site={SITE}"


def ids(events: Iterable[dict[str, Any]]) -> set[uuid.UUID]:
    return {uuid.UUID(event["data"]["event_id"]) for event in events}


def send_malformed(collector: RunningCollector, seed: int, number: int) -> tuple[set[uuid.UUID], int]:
    """Send so many bodies over one connection; returns what must be kept, and how much was accepted."""
    chance = random.Random(seed)
    expected: set[uuid.UUID] = set()
    accepted = 0
    with HTTPConnectionPool(urlsplit(collector.url).hostname or "", urlsplit(collector.url).port) as connection:
        for index in range(number):
            if index % 2:
                good = neighbours()
                value, field = STRANGE[(seed + index // 2 * SENDERS) % len(STRANGE)]
                body = batch_with(value, field, good, chance)
                expected |= ids(good)
            else:
                good = []
                body = damaged(chance)
            answer = connection.request("POST", PATH, body=body, timeout=30)
            accepted += check(answer, body, kept=len(good))
            if index % 20 == 0:
                view = page_view("/between")
                assert connection.request("POST", PATH, json={"events": [view]}, timeout=30).status == 202
                expected |= ids([view])
                accepted += 1
    return expected, accepted


def check(answer: BaseHTTPResponse, body: bytes, kept: int) -> int:
    """The answer is one that a person can act on; returns how many events it says are kept."""
    said = answer.json()
    if answer.status == 202:
        assert said["accepted"] >= kept
        assert all(refusal["reason"] for refusal in said["rejected"])
        return said["accepted"]
    assert not kept, (body[:3_000], said)
    assert answer.status in (400, 413, 422), (body[:3_000], said)
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["detail"]
    return 0


def test_thousands_of_malformed_bodies_cost_no_event_beside_them(collector: RunningCollector):
    with ThreadPoolExecutor(SENDERS) as pool:
        shares = list(pool.map(lambda seed: send_malformed(collector, seed, BODIES // SENDERS), range(SENDERS)))
    expected = set[uuid.UUID]().union(*(share for share, _ in shares))
    last = page_view("/last")
    collector.send(last)
    # Some of the damaged ones are kept too, so that to count says nothing; what was accepted last is loaded last.
    until(lambda: collector.rows("select from raw.events where event_id = any(%s)", [list(ids([last]))]))
    found = {row[0] for row in collector.rows("select event_id from raw.events")}
    assert expected | ids([last]) <= found
    assert len(found) <= sum(accepted for _, accepted in shares) + 1
    assert not list((collector.home / "journal").glob("damaged/*"))
    log = (collector.home / "collector.log").read_text()
    assert "Traceback" not in log
    assert "Nothing was loaded" not in log


def test_a_fault_of_ours_is_a_problem_and_its_log_quotes_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A collector whose journal was never opened: to append fails as nothing foresees."""
    answers = asyncio.run(answers_of_a_broken_collector(tmp_path, b'{"events": ["secret-of-203.0.113.77"]}'))
    assert answers[0]["status"] == 422  # nothing to append
    body = json.dumps({"events": [page_view("/secret-path")]}).encode()
    with caplog.at_level(logging.DEBUG):
        start, rest = asyncio.run(answers_of_a_broken_collector(tmp_path, body))
    assert start["status"] == 500
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert (b"access-control-allow-origin", f"https://{SITE}".encode()) in start["headers"]
    assert json.loads(rest["body"])["status"] == 500
    assert "A request failed: " in caplog.text
    assert not any(secret in caplog.text for secret in ("secret-", "203.0.113.77", "occurred_at"))


async def answers_of_a_broken_collector(folder: Path, body: bytes) -> list[MutableMapping[str, Any]]:
    from orchestration.events.journal.journal import Journal
    from orchestration.events.places import Places
    from serving.collector.app import CollectorApp
    from serving.collector.ingest import Collector
    from serving.collector.limits import limits_of
    from serving.collector.registry import Known, KnownSite, State
    from serving.http.client_address import ClientAddress
    from serving.http.in_flight import InFlight

    known = Known(folder, "postgresql://nowhere")
    known._state = State({SITE: KnownSite("owner")})
    limits, in_flight = limits_of(Settings()), InFlight(1)
    collector = Collector(Journal(folder, 0), known, ClientAddress(()), Places(None), limits, in_flight)
    nobody: Any = None
    app = CollectorApp(nobody, nobody)
    app.collector = collector
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    path = {"method": "POST", "path": "/api/analytics/ingest", "query_string": f"site={SITE}".encode()}
    who = {"client": ("203.0.113.77", 1), "headers": [(b"origin", f"https://{SITE}".encode())]}
    await app({"type": "http", **path, **who}, receive, send)
    return sent
