"""Events come late and days are built in any order: the marts say what an independent count of all events says."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.days import DayRange
from tests.e2e import recount
from tests.rollups.building import MODELS, Warehouse

# Gaps around the limit of 30 minutes, short ones that make sessions of more than a day, and long ones.
GAPS = [1, 60, 20 * 60, 29 * 60, 30 * 60, 30 * 60 + 1, 4 * 3600]
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
LAST = datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)


def visits(chance: random.Random, address: str, gaps: list[int]) -> list[str]:
    """Lines of one visitor, from the first day to the last."""
    lines = []
    at = FIRST + timedelta(seconds=chance.randrange(6 * 3600))
    while at < LAST:
        page = chance.choice(["/", "/blog/a", "/blog/b.html", "/projects/"])
        lines.append(f'{address} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {page} HTTP/1.1" 200 9 "-" "Firefox"\n')
        at += timedelta(seconds=chance.choice(gaps))
    return lines


@pytest.fixture(scope="module")
def lines() -> list[str]:
    chance = random.Random(20260301)
    restless = [line for visitor in range(5) for line in visits(chance, f"192.0.2.{visitor}", GAPS[2:])]
    return restless + visits(chance, "198.51.100.1", [29 * 60]) + visits(chance, "198.51.100.2", GAPS)


def write(folder: Path, name: str, lines: list[str]) -> str:
    (folder / name).write_text("".join(lines))
    return str(folder / name)


def test_late_events_and_days_in_any_order(make_installation, lines, tmp_path):
    chance = random.Random(7)
    site = make_installation("late_events")
    site.dogear("site", "add", "late.example")
    late = set(chance.sample(range(len(lines)), len(lines) // 20))
    site.dogear("import", write(tmp_path, "in-time.log", [x for i, x in enumerate(lines) if i not in late]))
    warehouse = Warehouse.of(site)
    for first, last in [(4, 5), (2, 2), (1, 1), (3, 3)]:
        warehouse.build(DayRange(date(2026, 3, first), date(2026, 3, last)), select=MODELS)
    site.dogear("import", write(tmp_path, "late.log", [line for i, line in enumerate(lines) if i in late]))
    site.dogear("build")

    sessions = recount.sessions_of([view for line in lines if (view := recount.read_view(line.rstrip("\n")))])
    assert any(session[0].at.date() != session[-1].at.date() for session in sessions)
    assert any(session[-1].at - session[0].at > timedelta(hours=23) for session in sessions)
    found = site.rows("select first_seen, last_seen, page_views, session_day from marts.analytics_sessions")
    assert Counter(found) == Counter((s[0].at, s[-1].at, len(s), s[0].at.date()) for s in sessions)

    before = warehouse.snapshot()
    site.execute("drop schema marts cascade; drop schema intermediate cascade")
    warehouse.build(select=MODELS)
    assert warehouse.snapshot() == before
