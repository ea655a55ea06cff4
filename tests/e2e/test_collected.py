"""From a page's request to the marts: what the collector took in is built like what was imported."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.content.sites import Site, save_site
from tests.browser import chromium
from tests.installation import Installation
from tests.serving.collector.running import BROWSER, RunningCollector, page_view, running_collector, until
from tests.serving.tracker.page_server import SITE as TRACKED
from tests.serving.tracker.page_server import page_server


def sent(collector: RunningCollector) -> None:
    """A reader with consent views two pages, reads the second for a while and clicks; another comes and goes."""
    at = datetime.now(UTC) - timedelta(minutes=20)

    def event(kind: str, path: str, minute: int, **more: object) -> dict[str, object]:
        when = (at + timedelta(minutes=minute)).isoformat()
        return {"type": kind, "data": {**page_view(path)["data"], "occurred_at": when, **more}}

    reader = {"visitor_id": "v1", "session_id": "s1"}
    collector.send(
        event("page_view", "/", 0, referrer="https://news.example/", **reader),
        event("page_view", "/blog/why", 1, **reader),
        event("heartbeat", "/blog/why", 2, engaged_seconds=42, scroll_depth_percentage=80, **reader),
        event("click", "/blog/why", 3, click_target="subscribe", click_category="button", **reader),
        event("page_view", "/blog/why", 4, visitor_id="v2", session_id="s2"),
    )


def browsed(collector: RunningCollector) -> None:
    """A real browser opens a page, and closes it."""
    save_site(collector.database_url, Site(TRACKED, "owner"))
    with page_server(collector.url) as site, chromium() as browser:
        window = browser.new_context(
            user_agent=BROWSER, viewport={"width": 800, "height": 600}, screen={"width": 1366, "height": 768}
        )
        page = window.new_page()
        page.goto(f"{site.url}/wide")
        page.close(run_before_unload=True)
        until(lambda: collector.rows("select from raw.events where page_path = '/wide'"))


# For who loads, not for who counts.
NOT_STAGED = {"received_at", "client_occurred_at", "client_visitor_id", "response_status", "response_bytes"}
COMPUTED = {"event_day", "visitor_id"}


@pytest.fixture(scope="module")
def collected(make_installation: Callable[..., Installation]) -> Installation:
    installation = make_installation("collected")
    home = installation.environment["DOGEAR_HOME"]
    with running_collector(Path(home), installation.database_url) as collector:
        sent(collector)
        collector.wait_for(5)
        browsed(collector)
    installation.dogear("build")
    return installation


def columns(installation: Installation, table: str) -> set[str]:
    question = f"select attname from pg_attribute where attrelid = '{table}'::regclass and attnum > 0"
    return {name for (name,) in installation.rows(question)}


def test_staging_shows_all_that_is_kept_of_events(collected: Installation):
    raw, staged = (columns(collected, table) for table in ("raw.events", "staging.stg_events"))
    assert raw - staged == NOT_STAGED, "add it to dbt_project/models/staging/stg_events.sql"
    assert staged - raw == COMPUTED


def test_collected_events_become_sessions_page_views_and_clicks(collected: Installation):
    sessions = collected.rows(
        "select visitor_id, page_views, clicks, is_bounce, referrer_host from marts.analytics_sessions "
        "where site = 'example.org' order by visitor_id"
    )
    assert sessions == [("v1", 2, 1, False, "news.example"), ("v2", 1, 0, True, None)]
    views = collected.rows(
        "select page_path, time_on_page, device_type from marts.analytics_page_views "
        "where visitor_id = 'v1' order by viewed_at"
    )
    assert views == [("/", 60.0, "desktop"), ("/blog/why", 42.0, "desktop")]


def test_how_large_the_screen_was_is_known_of_browsers_alone(collected: Installation):
    screens = "select distinct site, viewport_width, screen_width, screen_height from {} order by site"
    expected = [("example.org", None, None, None), (TRACKED, 800, 1366, 768)]
    assert collected.rows(screens.format("raw.events where event_type = 'page_view'")) == expected
    assert collected.rows(screens.format("marts.analytics_page_views")) == expected
