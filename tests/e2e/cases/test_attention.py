"""The cases of ../shared that tell of attention: what is imported, and what the marts say then."""

from collections.abc import Callable
from datetime import date

import pytest

from orchestration.days import DayRange
from orchestration.settings import PROJECT_ROOT
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse

SHARED = PROJECT_ROOT.parent / "shared" / "cases"
STRAY = SHARED / "42-stray-heartbeats" / "events.ndjson"
# Each day alone, in an order that helps none of them.
DAYS = [DayRange(date(2026, 11, day), date(2026, 11, day)) for day in (24, 22, 25, 23)]


@pytest.mark.skipif(not STRAY.exists(), reason="../shared is absent")
def test_stray_heartbeats(make_installation: Callable[..., Installation]) -> None:
    installation = make_installation("stray_heartbeats", has_tables=True)
    installation.dogear("site", "add", "n42.example")
    installation.dogear("import", str(STRAY))
    Warehouse.of(installation).build(*DAYS, select=MODELS)
    sessions = "select entry_page_path, session_day::text, duration_seconds, page_views from marts.analytics_sessions"
    assert sorted(installation.rows(sessions)) == [
        ("/a", "2026-11-22", 60.0, 1),
        ("/b", "2026-11-22", 0.0, 1),
        ("/c", "2026-11-22", 0.0, 1),
        ("/d", "2026-11-24", 0.0, 1),
    ]
    views = "select page_path, time_on_page from marts.analytics_page_views"
    assert sorted(installation.rows(views)) == [("/a", 30.0), ("/b", None), ("/c", None), ("/d", None)]
    visits = "select date::text, sessions, visitors from marts.analytics_daily_sites order by date"
    assert installation.rows(visits) == [("2026-11-22", 3, 3), ("2026-11-24", 1, 1), ("2026-11-25", 0, 0)]
