"""Requests and moments in, who must wait out."""

from math import ceil

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from orchestration.settings import Settings
from serving.collector.limits import MOST_CLIENTS, Limiter, host_key
from tests.conftest import database_of_its_own
from tests.serving.collector.running import BROWSER, SITE, page_view, running_collector


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_hundred_at_once_and_then_one_every_600_milliseconds(clock):
    limiter = Limiter(100, clock)
    assert [limiter.wait("a") for _ in range(100)] == [0] * 100
    assert limiter.wait("a") == pytest.approx(0.6)
    assert limiter.wait("b") == 0
    clock.now += 0.6
    assert limiter.wait("a") == 0
    assert limiter.wait("a") == pytest.approx(0.6)
    clock.now += 3_600
    assert [limiter.wait("a") for _ in range(101)] == [0] * 100 + [pytest.approx(0.6)]


def test_whoever_is_refused_waits_no_longer_for_it(clock):
    limiter = Limiter(1, clock)
    assert limiter.wait("a") == 0
    assert [limiter.wait("a") for _ in range(50)] == [pytest.approx(60)] * 50
    clock.now += 60
    assert limiter.wait("a") == 0


@given(per_minute=st.integers(1, 100_000), steps=st.lists(st.floats(0, 90), max_size=30))
def test_after_the_wait_one_request_passes(per_minute, steps):
    clock = Clock()
    limiter = Limiter(per_minute, clock)
    for step in steps:
        clock.now += step
        while not (seconds := limiter.wait("a")):
            limiter._full_at["a"] = clock.now + 60  # as if all its tokens were gone
        clock.now += seconds
        assert limiter.wait("a") == 0
        limiter.wait("a")


def test_no_limit_and_nobody(clock):
    assert [Limiter(0, clock).wait("a") for _ in range(1_000)] == [0] * 1_000
    assert [Limiter(1, clock).wait("") for _ in range(1_000)] == [0] * 1_000


def test_memory_is_bounded(clock):
    limiter = Limiter(1, clock)
    for number in range(MOST_CLIENTS + 10):
        assert limiter.wait(str(number)) == 0
    assert len(limiter._full_at) <= MOST_CLIENTS


def test_clients_who_have_all_their_tokens_back_are_forgotten_first(clock):
    limiter = Limiter(1, clock)
    for number in range(MOST_CLIENTS - 1):
        limiter.wait(str(number))
    clock.now += 61
    limiter.wait("busy")
    assert limiter.wait("new") == 0
    assert len(limiter._full_at) == 2
    assert limiter.wait("busy") > 0


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.7", "203.0.113.8", False),
    ],
)
def test_a_host_has_a_64_of_its_own(one, other, are_one):
    assert (host_key(one) == host_key(other)) == are_one


def test_a_hundred_a_minute_is_the_default():
    assert Settings.model_fields["rate_limit"].default == 100


@pytest.fixture(scope="module")
def limited(server_url, tmp_path_factory):
    """A collector that takes three requests a minute from an address, and ten for the site."""
    with (
        database_of_its_own(server_url) as url,
        running_collector(
            *(tmp_path_factory.mktemp("limited"), url),
            RATE_LIMIT="3",
            SITE_RATE_LIMIT="10",
            TRUSTED_PROXIES="127.0.0.1/32",
        ) as collector,
    ):
        yield collector


def test_who_sends_too_much_is_told_when_to_come_back(limited):
    def send(address: str) -> requests.Response:
        headers = {"x-forwarded-for": address, "origin": f"https://{SITE}", "user-agent": BROWSER}
        return limited.post({"events": [page_view()]}, headers=headers)

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
    # Seven requests were for the site so far.
    assert [send(f"203.0.113.{number}").status_code for number in range(10, 14)] == [202, 202, 202, 429]
