"""From a page's request to the marts: what the collector took in is built like what was imported."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.serving.collector.running import RunningCollector, page_view, running_collector


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


def test_collected_events_become_sessions_page_views_and_clicks(make_installation):
    installation = make_installation("collected")
    home = installation.environment["DOGEAR_HOME"]

    with running_collector(Path(home), installation.database_url) as collector:
        sent(collector)
        collector.wait_for(5)
    installation.dogear("build")
    sessions = installation.rows(
        "select visitor_id, page_views, clicks, is_bounce, referrer_host from marts.analytics_sessions "
        "order by visitor_id"
    )
    assert sessions == [("v1", 2, 1, False, "news.example"), ("v2", 1, 0, True, None)]
    views = installation.rows(
        "select page_path, time_on_page, device_type from marts.analytics_page_views "
        "where visitor_id = 'v1' order by viewed_at"
    )
    assert views == [("/", 60.0, "desktop"), ("/blog/why", 42.0, "desktop")]
