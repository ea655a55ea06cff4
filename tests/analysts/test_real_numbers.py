"""Time series and visitors of a real log, against a count of that log in plain Python."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.e2e import recount

FIRST, LAST = date(2015, 4, 22), date(2015, 5, 20)
PAGE = "/blog/geekery/ssl-latency"


@pytest.fixture(scope="module")
def views(semicomplete: Path) -> list[recount.View]:
    return recount.read_views(semicomplete / "access.log.gz")


def period_of(day: date, step: str) -> date:
    return {"daily": day, "weekly": day - timedelta(days=day.weekday()), "monthly": day.replace(day=1)}[step]


def expected(views: list[recount.View], step: str) -> dict[date, tuple[int, int]]:
    """Page views and visitors by period. Without consent, a visitor is another on each day."""
    seen, visitors = Counter[date](), defaultdict[date, set[object]](set)
    for view in views:
        period = period_of(view.at.date(), step)
        seen[period] += 1
        visitors[period].add((view.visitor, view.at.date()))
    return {period: (count, len(visitors[period])) for period, count in seen.items()}


@pytest.mark.parametrize("step", ["daily", "weekly", "monthly"])
@pytest.mark.parametrize("page", [PAGE, None])
def test_a_time_series(real_site, views, step, page):
    entity = ("site", "semicomplete.com")
    if page:
        views = [view for view in views if recount.canonical(view.path) == page]
        (entity,) = real_site.rows(
            "select content_type, content_id::text from content.items where url_path = %s", [page]
        )
    rows = real_site.rows(
        "select period, total_views, unique_visitors from analytics.get_time_series_data(%s, %s, %s, %s, %s)",
        [*entity, FIRST, LAST, step],
    )
    assert views
    assert {period: tuple(counts) for period, *counts in rows if any(counts)} == expected(views, step)
    assert len(rows) == {"daily": 29, "weekly": 5, "monthly": 2}[step], "periods without visits too"


def test_visitors(real_site, views):
    days: dict[tuple[object, date], list] = defaultdict(list)
    for view in views:
        if recount.canonical(view.path) == PAGE:
            days[view.visitor, view.at.date()].append(view.at)
    question = (
        "select visit_count, first_visit, last_visit, days_visited from content.items, lateral "
        "analytics.get_entity_visitors(content_type, content_id::text, %s, %s, 1000) where url_path = %s"
    )
    rows = real_site.rows(question, [FIRST, LAST, PAGE])
    assert Counter(rows) == Counter((len(at), min(at), max(at), 1) for at in days.values())
    last_visits = [last_visit for _, _, last_visit, _ in rows]
    assert last_visits == sorted(last_visits, reverse=True)
    for most in (1, 3, 30):
        assert real_site.rows(question.replace("1000", str(most)), [FIRST, LAST, PAGE]) == rows[:most]
