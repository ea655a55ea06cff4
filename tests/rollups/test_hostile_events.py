"""Events that collectors accept and nobody's browser sends: they build, and hold up nobody else's day."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.content.git_site import GitSite
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

MARCH = datetime(2026, 3, 1, 10, tzinfo=UTC)
DAY = 86_400.0
HEARTBEATS = 1_200


def event(number: int, event_type: str, path: str, visitor: str, **more: Any) -> Event:
    at = MARCH + timedelta(seconds=number)
    ids: dict[str, Any] = {
        "event_id": UUID(int=number),
        "client_visitor_id": visitor,
        "user_code": "ada",
        "site": "example.org",
    }
    return Event(occurred_at=at, event_type=event_type, page_path=path, **ids, **more)


def test_the_longest_paths_and_visitors_that_are_accepted(warehouse: Warehouse):
    letters = random.Random(1)
    path, visitor = ("".join(chr(letters.randint(0x10000, 0x2FFFF)) for _ in range(size)) for size in (1_999, 200))
    other = path[:1_998] + ("a" if path[1_998] != "a" else "b")
    pages = [f"/{path}", f"/{path}/", f"/{other}"]
    warehouse.load(event(number, "page_view", page, visitor) for number, page in enumerate(pages))
    warehouse.build(select=MODELS)
    warehouse.refresh("analytics_visitors")
    views = "select total_views from marts.analytics_aggregates where entity_type = 'page' and hour is null order by 1"
    assert warehouse.rows(views) == [(1,), (2,)], "two pages, one of them with and without its slash"


def test_two_sites_whose_events_have_the_same_ids_and_times(warehouse: Warehouse):
    """One of them may have seen the ids of the other, on purpose to keep its events away."""
    kinds = ["page_view", "click", "heartbeat", "signup", "page_view"]
    events = [event(number, kind, "/about", "ada", engaged_seconds=1.5) for number, kind in enumerate(kinds)]
    sites = [("example.org", "ada"), ("other.example", "bo"), ("third.example", "bo")]
    warehouse.load(replace(it, site=site, user_code=owner) for it in events for site, owner in sites)
    warehouse.build()
    counts = {
        "analytics_sessions": "sum(events), sum(page_views), sum(clicks), sum(engaged_seconds)",
        "analytics_page_views": "count(*), count(distinct event_id), sum(time_on_page)",
        "analytics_clicks": "count(*)",
        "analytics_custom_events": "count(*)",
        "analytics_daily_sites": "sum(events), sum(page_views), sum(sessions), sum(visitors)",
        "visitor_days": "count(*), sum(page_views)",
    }
    of_site = {
        mart: warehouse.rows(f"select {said} from marts.{mart} group by site order by site")
        for mart, said in counts.items()
    }
    assert of_site["analytics_sessions"][0] == (5, 2, 1, 7.5)
    assert of_site["analytics_clicks"] == of_site["analytics_custom_events"] == [(1,)] * 3
    assert all(len(rows) == 3 and len(set(rows)) == 1 for rows in of_site.values()), of_site


def test_more_attention_than_a_day_has(warehouse: Warehouse, tmp_path: Path):
    (folder := tmp_path / "site").mkdir()
    site = GitSite(folder, warehouse.url)
    site.write("blog/lending.md", "---\ntitle: Lending\n---\nWords.\n")
    site.git("add", "--all")
    site.git("commit", "--quiet", f"--date={(MARCH - timedelta(days=1)).isoformat()}", "--message", "Words.")
    site.sync()
    for number, visitor in enumerate(["one", "two"]):
        beats = range(number * HEARTBEATS + 10, (number + 1) * HEARTBEATS + 10)
        warehouse.load([event(number, "page_view", "/blog/lending", visitor)])
        warehouse.load(event(beat, "heartbeat", "/blog/lending", visitor, engaged_seconds=DAY) for beat in beats)
    warehouse.build(select=MODELS)
    assert warehouse.rows("select time_on_page from marts.analytics_page_views") == [(DAY,), (DAY,)]
    performance = "select page_views, avg_time_on_page from marts.content_version_performance"
    assert warehouse.rows(performance) == [(2, DAY)]
