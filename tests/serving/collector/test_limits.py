"""Requests and moments in, who must wait out."""

from math import ceil

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from orchestration.settings import Settings
from serving.collector.limits import Limiter
from serving.http.clients import Client, client_of
from serving.http.token_buckets import MOST_KEYS
from tests.conftest import database_of_its_own
from tests.serving.collector.running import BROWSER, SITE, page_view, running_collector


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def client(key: str) -> Client:
    return ((key, 1),)


def turn(limiter: Limiter, key: str) -> float:
    """Take one where there is one; else the seconds to wait."""
    if not (seconds := limiter.wait(client(key))):
        limiter.take(client(key))
    return seconds


def test_a_hundred_at_once_and_then_one_every_600_milliseconds(clock):
    limiter = Limiter(100, "requests", clock)
    assert [turn(limiter, "a") for _ in range(100)] == [0] * 100
    assert turn(limiter, "a") == pytest.approx(0.6)
    assert turn(limiter, "b") == 0
    clock.now += 0.6
    assert turn(limiter, "a") == 0
    assert turn(limiter, "a") == pytest.approx(0.6)
    clock.now += 3_600
    assert [turn(limiter, "a") for _ in range(101)] == [0] * 100 + [pytest.approx(0.6)]


def test_whoever_is_refused_waits_no_longer_for_it(clock):
    limiter = Limiter(1, "requests", clock)
    assert turn(limiter, "a") == 0
    assert [turn(limiter, "a") for _ in range(50)] == [pytest.approx(60)] * 50
    clock.now += 60
    assert turn(limiter, "a") == 0


def test_who_took_more_than_was_left_waits_for_all_of_it(clock):
    limiter = Limiter(1_000, "events", clock)
    limiter.take(client("a"), 999)
    assert limiter.wait(client("a")) == 0
    limiter.take(client("a"), 1_001)
    assert limiter.wait(client("a")) == pytest.approx(60, abs=0.1)


@given(
    per_minute=st.integers(1, 100_000),
    steps=st.lists(st.tuples(st.floats(0, 90), st.integers(1, 3_000)), min_size=1, max_size=30),
)
def test_in_the_long_run_nobody_sends_more_than_the_limit(per_minute, steps):
    """Who takes what there is, as soon as there is some, has what was there at first, and then so much a minute."""
    clock = Clock()
    limiter, taken, started = Limiter(per_minute, "events", clock), 0, clock.now
    for step, amount in steps:
        clock.now += step
        clock.now += limiter.wait(client("a"))
        assert limiter.wait(client("a")) == 0
        limiter.take(client("a"), amount)
        taken += amount
    allowed = per_minute * (1 + (clock.now - started) / 60)
    assert taken <= allowed + max(amount for _, amount in steps)


def test_no_limit_and_nobody(clock):
    assert [turn(Limiter(0, "requests", clock), "a") for _ in range(1_000)] == [0] * 1_000
    nobody = Limiter(1, "requests", clock)
    nobody.take(client_of(""), 1_000)
    assert nobody.wait(client_of("")) == 0


def test_who_waits_still_waits_when_a_hundred_thousand_others_have_come(clock):
    limiter = Limiter(100, "requests", clock)
    limiter.take(client("busy"), 100)
    for number in range(MOST_KEYS + 10):
        clock.now += 0.000_001
        assert turn(limiter, str(number)) == 0
    assert len(limiter._full_at) <= MOST_KEYS
    assert turn(limiter, "busy") > 0


def keys(address: str) -> list[str]:
    return [key for key, _ in client_of(address)]


def test_a_host_is_an_address_or_a_64_and_a_48_has_sixteen_times_as_much(clock):
    assert keys("203.0.113.7") == ["203.0.113.7"] != keys("203.0.113.8")
    assert keys("2001:db8::1") == keys("2001:db8::ffff:ffff:ffff:ffff") == ["2001:db8::/64", "2001:db8::/48"]
    assert keys("2001:db8:0:1::1") == ["2001:db8:0:1::/64", "2001:db8::/48"]
    limiter = Limiter(100, "requests", clock)
    passed = 0
    for number in range(5_000):
        host = client_of(f"2001:db8:0:{number:x}::1")
        if not limiter.wait(host):
            limiter.take(host)
            passed += 1
    assert passed == 1_600
    assert limiter.wait(client_of("2001:db8:1::1")) == 0


def test_the_defaults_leave_readers_and_offices_alone():
    defaults = {name: field.default for name, field in Settings.model_fields.items() if "limit" in name}
    for name in ("duckdb_memory_limit", "rate_limit_free", "rate_limit_pro"):  # of others than the collector
        del defaults[name]
    assert defaults == {
        "rate_limit": 100,
        "rate_limit_events": 10_000,
        "rate_limit_mb": 10,
        "site_rate_limit": 60_000,
        "connection_limit": 128,
    }


@pytest.fixture(scope="module")
def limited(server_url, tmp_path_factory):
    """A collector that takes three requests, fifty events and a megabyte a minute from an address."""
    with (
        database_of_its_own(server_url) as url,
        running_collector(
            *(tmp_path_factory.mktemp("limited"), url),
            RATE_LIMIT="3",
            RATE_LIMIT_EVENTS="50",
            RATE_LIMIT_MB="1",
            SITE_RATE_LIMIT="11",
            TRUSTED_PROXIES="127.0.0.1/32",
        ) as collector,
    ):
        yield collector


def test_who_sends_too_much_is_told_when_to_come_back(limited):
    def send(address: str, events: int = 1, body: bytes | None = None) -> requests.Response:
        headers = {"x-forwarded-for": address, "origin": f"https://{SITE}", "user-agent": BROWSER}
        return limited.post(body or {"events": [page_view() for _ in range(events)]}, headers=headers)

    assert [send("203.0.113.1").status_code for _ in range(3)] == [202] * 3
    refused = send("203.0.113.1")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= ceil(60 / 3)
    assert refused.headers["access-control-allow-origin"] == f"https://{SITE}"
    # Whatever the client itself wrote before, the proxy's word counts.
    assert send("198.51.100.9, 203.0.113.1").status_code == 429
    # Another client behind the same proxy, and all of a /64 as one.
    assert send("203.0.113.2").status_code == 202
    assert [send(f"2001:db8::{number}").status_code for number in range(1, 5)] == [202, 202, 202, 429]
    # Events and bytes are counted when they are read; a client that sent too many waits before its next request.
    assert send("203.0.113.3", 60).status_code == 202
    assert [send("203.0.113.4", body=b" " * 1_000_000).status_code for _ in range(2)] == [400] * 2
    many, large = send("203.0.113.3"), send("203.0.113.4")
    assert (many.status_code, many.json()["detail"]) == (429, "At most 50 events a minute from one address.")
    assert (large.status_code, large.json()["detail"]) == (429, "At most 1,000,000 bytes a minute from one address.")
    # Ten requests were for the site so far.
    assert [send(f"203.0.113.{number}").status_code for number in range(10, 12)] == [202, 429]
