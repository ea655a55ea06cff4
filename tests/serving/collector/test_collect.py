"""Events in by HTTP, rows out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from orchestration.content.sites import Site, save_site
from serving.collector.clock import TOO_OLD
from tests.serving.collector.running import SITE, RunningCollector, page_view, until


def test_a_batch_becomes_rows_with_their_visitor_place_and_device(collector: RunningCollector):
    view = page_view("/blog/corners?utm_source=letter&secret=1", referrer="https://www.google.com/search?q=x")
    click = {"type": "click", "data": {**page_view("/blog/corners")["data"], "click_target": "subscribe"}}
    assert collector.send(view, click) == {"accepted": 2, "rejected": []}
    collector.wait_for(2)
    (row, other) = collector.rows(
        "select event_type, source, site, user_code, page_host, page_path, utm_source, referrer_host, device_type, os, "
        "browser, is_bot, event_id::text, click_target, anonymous_id is not null "
        "from raw.events order by event_type desc"
    )
    assert row == (
        *("page_view", "collector", SITE, "owner", SITE, "/blog/corners", "letter", "google.com"),
        *("desktop", "Windows", "Chrome", False, view["data"]["event_id"], None, True),
    )
    assert (other[0], other[13]) == ("click", "subscribe")
    assert collector.rows("select count(distinct anonymous_id) from raw.events") == [(1,)]


def test_one_event_at_a_time_by_the_other_paths(collector: RunningCollector):
    view = page_view("/a")
    sent = {
        "/api/v1/analytics/event": {"type": "letter_generated", "data": page_view("/b")["data"]},
        "/api/v1/analytics/pageview": view["data"],
        "/api/v1/analytics/interaction": page_view("/c")["data"],
        "/api/v1/live/heartbeat": {**page_view("/d")["data"], "engaged_seconds": 7.5},
    }
    for path, body in sent.items():
        assert collector.post(body, path).status_code == 202
    collector.wait_for(4)
    found = dict(collector.rows("select event_type, page_path from raw.events"))
    assert found == {"letter_generated": "/b", "page_view": "/a", "interaction": "/c", "heartbeat": "/d"}


def test_a_bad_event_is_named_and_its_neighbours_are_kept(collector: RunningCollector):
    bad = {"type": "page_view", "data": {**page_view("/bad")["data"], "viewport_width": "wide"}}
    unknown = {"type": "page_view", "data": {**page_view("/typo")["data"], "page_titel": "x"}}
    answer = collector.send(page_view("/1"), bad, page_view("/2"), unknown, page_view("/3"))
    assert answer["accepted"] == 3
    assert [it["index"] for it in answer["rejected"]] == [1, 3]
    assert "viewport_width" in answer["rejected"][0]["reason"]
    assert "page_titel" in answer["rejected"][1]["reason"]
    collector.wait_for(3)
    assert collector.rows("select page_path from raw.events order by page_path") == [("/1",), ("/2",), ("/3",)]
    kept = collector.rows("select site, source, event_index, excerpt from raw.rejected_events order by event_index")
    assert [row[:3] for row in kept] == [(SITE, "collector", 1), (SITE, "collector", 3)]
    assert "/typo" in kept[1][3]


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        (b'"cut \\ud83d"', "half of a character"),
        (b'"\\udc00\\ud800"', "half of a character"),
        (b'"\xed\xa0\xbd"', "half of a character"),
        (b'"\xff"', "not UTF-8"),
        (b"NaN", "invalid character"),
        (b"-Infinity", "invalid"),
    ],
)
def test_what_is_no_json_within_an_event_costs_that_event_alone(collector: RunningCollector, title: bytes, reason: str):
    """As where a script cuts a text in the middle of an emoji."""
    events = [page_view("/1"), page_view("/bad", page_title="@@"), page_view("/2", page_title="whole \U0001f600")]
    answer = collector.post(json.dumps({"events": events}).encode().replace(b'"@@"', title))
    assert answer.status_code == 202, answer.text
    assert [it["index"] for it in answer.json()["rejected"]] == [1]
    assert reason in answer.json()["rejected"][0]["reason"]
    collector.wait_for(2)
    assert collector.rows("select page_path, page_title from raw.events order by page_path") == [
        ("/1", None),
        ("/2", "whole \U0001f600"),
    ]


def test_the_same_events_sent_again_shuffled_and_split_count_once(collector: RunningCollector):
    events = [page_view(f"/{number}") for number in range(6)]
    for batch in (events, events, events[::-1], events[:2], events[1:5] + events[1:3]):
        collector.send(*batch)
    without_id: dict[str, Any] = {"type": "page_view", "data": {**page_view("/7")["data"], "event_id": None}}
    del without_id["data"]["event_id"]
    for _ in range(3):
        collector.send(without_id)
    last = page_view("/last")
    collector.send(last)
    collector.wait_for(8)
    assert collector.count() == 8


def test_a_wrong_clock_is_put_right_and_counts_once(collector: RunningCollector):
    """A laptop is two hours ahead; it sends, gets no answer, its clock is corrected, and it sends again."""
    now = datetime.now(UTC)
    ahead = {
        "type": "page_view",
        "data": {**page_view("/a")["data"], "occurred_at": (now + timedelta(hours=2)).isoformat()},
    }
    collector.send(ahead, sent_at=(now + timedelta(hours=2)).isoformat())
    collector.send(ahead, sent_at=(now + timedelta(hours=2)).isoformat())
    collector.wait_for(1)
    collector.send(ahead, sent_at=datetime.now(UTC).isoformat())
    years_ago = {"type": "page_view", "data": {**page_view("/b")["data"], "occurred_at": "2001-01-01T00:00:00Z"}}
    behind = {
        "type": "page_view",
        "data": {**page_view("/c")["data"], "occurred_at": (now - timedelta(hours=3)).isoformat()},
    }
    (refused,) = collector.send(years_ago, behind)["rejected"]
    assert refused == {"index": 0, "reason": TOO_OLD}
    # The other way round: first with a right clock, then by one that is off.
    off = (now - timedelta(days=3)).isoformat()
    collector.send(behind, sent_at=off)
    collector.send(page_view("/last"))
    collector.wait_for(3)
    rows = collector.rows(
        "select page_path, occurred_at, client_occurred_at, received_at from raw.events order by page_path"
    )
    assert [row[0] for row in rows] == ["/a", "/c", "/last"]
    assert abs(rows[0][1] - now) < timedelta(minutes=1)
    assert rows[0][2] == now + timedelta(hours=2)
    assert rows[1][1:3] == (now - timedelta(hours=3), None)
    assert collector.rows("select reason from raw.rejected_events") == [(TOO_OLD,)]


def test_one_request_makes_a_week_stale_and_not_a_year(collector: RunningCollector):
    now = datetime.now(UTC)
    days = [page_view(occurred_at=(now - timedelta(days=day)).isoformat()) for day in range(364)]
    answer = collector.send(*days)
    assert answer["accepted"] == 8
    assert {it["reason"] for it in answer["rejected"]} == {TOO_OLD}
    collector.wait_for(8)
    collected = "select min(occurred_at), count(distinct (occurred_at at time zone 'UTC')::date) from raw.events"
    assert collector.rows(collected) == [(now - timedelta(days=7), 8)]
    assert collector.post({"events": days[8:]}).status_code == 422


def test_who_is_here_now(collector: RunningCollector):
    collector.send(page_view("/first", page_title="First"))
    collector.wait_for(1)
    collector.send(page_view("/second", page_title="Second"))
    crawler = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    assert collector.post({"events": [page_view("/bot")]}, headers=crawler).status_code == 202
    old = {**page_view("/old")["data"], "occurred_at": (datetime.now(UTC) - timedelta(hours=5)).isoformat()}
    collector.send({"type": "page_view", "data": old})
    collector.wait_for(4)
    assert collector.rows("select site, user_code, page_path, page_title, device_type from live.visitors") == [
        (SITE, "owner", "/second", "Second", "desktop")
    ]


def test_what_is_refused_and_why(collector: RunningCollector):
    def problem(answer: requests.Response) -> tuple[int, str]:
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["detail"]

    url = f"{collector.url}/api/analytics/ingest"
    body = {"events": [page_view()]}
    assert problem(requests.post(url, json=body, timeout=9))[0] == 400
    assert problem(requests.post(f"{url}?site=nowhere.example", json=body, timeout=9))[0] == 403
    assert problem(collector.post(b"{"))[0] == 400
    assert problem(collector.post(b'{"events": []}'))[0] == 400
    assert problem(collector.post(b"[" * 100_000))[0] == 400
    assert problem(collector.post(b" " * 1_000_001))[0] == 413
    assert problem(collector.post(body, headers={"content-encoding": "gzip"}))[0] == 415
    nothing = collector.post({"events": [{"type": "BAD", "data": {}}, {"type": "x", "data": {}}]})
    assert problem(nothing)[0] == 422
    assert [it["index"] for it in nothing.json()["rejected"]] == [0, 1]
    assert problem(requests.get(url, timeout=9))[0] == 405
    assert collector.count() == 0


def test_pages_of_the_site_may_read_the_answer(collector: RunningCollector):
    for origin in (f"https://{SITE}", f"https://www.{SITE}", f"http://blog.{SITE}:8080"):
        answer = collector.post({"events": [page_view()]}, headers={"origin": origin})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (202, origin)
    asked = requests.options(
        f"{collector.url}/api/analytics/ingest?site={SITE}", headers={"origin": f"https://{SITE}"}, timeout=9
    )
    assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (204, "POST")


def test_a_site_is_known_by_its_host_however_its_owner_wrote_it(collector: RunningCollector):
    save_site(collector.database_url, Site("Bücher.example", "ada"))

    def sent(site: str, origin: str) -> bool:
        url, headers = f"{collector.url}/api/analytics/ingest", {"origin": origin}
        body = {"events": [page_view()]}
        return requests.post(url, params={"site": site} if site else {}, json=body, headers=headers, timeout=9).ok

    page = "https://www.xn--bcher-kva.example"
    for name in ("Bücher.example", "", "xn--bcher-kva.example", "www.xn--bcher-kva.example", "bücher.example"):
        until(lambda name=name: sent(name, page))
    assert not sent("xn--bcher-kva.example", "https://evil.example")
    collector.wait_for(5)
    assert collector.rows("select site, count(*) from raw.events where user_code = 'ada' group by site") == [
        ("Bücher.example", 5)
    ]


def test_health_says_whether_postgresql_answers(collector: RunningCollector):
    health = requests.get(f"{collector.url}/health", timeout=9).json()
    assert health["status"] == "ok"


def test_the_contract_names_the_paths(collector: RunningCollector):
    contract = requests.get(f"{collector.url}/openapi.json", timeout=9).json()
    assert "/api/analytics/ingest" in contract["paths"]
    assert contract["components"]["schemas"]["EventData"]["properties"]["page_url"]
