"""What changes days that are built: content, goals, the rule of sessions. Nobody says which days; they are found."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.rollups.goals import Goal, add_goal, all_goals, check_goal, remove_goal
from orchestration.rollups.session_rules import set_session_gap
from orchestration.rollups.stale_days import days_to_build
from orchestration.settings import Settings
from tests.content.git_site import GitSite
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

MARCH = datetime(2026, 3, 1, 10, tzinfo=UTC)
POST = "---\ntitle: Lending\n---\n{}\n"


def event(after: timedelta, event_type: str = "page_view", visitor: str = "ada", **more: Any) -> Event:
    own: dict[str, Any] = {
        "event_id": uuid4(),
        "occurred_at": MARCH + after,
        "event_type": event_type,
        "client_visitor_id": visitor,
    }
    return Event(**own, user_code="ada", site="example.org", **more)


def views(path: str, *days: int) -> list[Event]:
    return [event(timedelta(days=day), page_path=path) for day in days]


def day(number: int) -> DayRange:
    return DayRange(date(2026, 3, number), date(2026, 3, number))


@pytest.fixture
def stale(warehouse: Warehouse) -> Callable[[], list[DayRange]]:
    return lambda: days_to_build(warehouse.url, Settings(home=warehouse.home))


@pytest.fixture
def site(warehouse: Warehouse, tmp_path: Path) -> GitSite:
    (folder := tmp_path / "site").mkdir()
    site = GitSite(folder, warehouse.url)
    site.write("imprint.md", "# Imprint\n")
    return site


def commit(site: GitSite, text: str, at: datetime) -> None:
    site.write("blog/lending.md", POST.format(text))
    site.git("add", "--all")
    site.git("commit", "--quiet", f"--date={at.isoformat()}", "--message", text)
    site.sync()


def test_content_that_arrives_or_changes_after_its_visits_rebuilds_the_days_it_changes(warehouse, site, stale):
    warehouse.load([*views("/blog/lending/", 0, 2), *views("/about", 1)])
    warehouse.build(select=MODELS)
    assert stale() == []
    looked_at = {name for (name,) in warehouse.rows("select tablename from pg_stats where schemaname = 'intermediate'")}
    assert {"int_event_sessions", "int_sessions", "int_page_entities"} <= looked_at  # those who plan know what is there
    entities = "select view_day, entity_type, version_number from marts.analytics_page_views order by viewed_at"
    assert [row[1:] for row in warehouse.rows(entities)] == [("page", None)] * 3

    commit(site, "First words.", MARCH - timedelta(days=1))
    assert stale() == [day(1), day(3)], "not the day of /about"
    warehouse.build(select=MODELS)
    assert stale() == []
    assert [row[1:] for row in warehouse.rows(entities)] == [("blog", 1), ("page", None), ("blog", 1)]

    # A commit that was made on the 3rd, before the visit of that day, and is pushed only now.
    commit(site, "Better words.", MARCH + timedelta(days=2, hours=-1))
    assert stale() == [day(3)]
    warehouse.build(select=MODELS)
    assert [row[2] for row in warehouse.rows(entities)] == [1, None, 2]
    performance = "select version_number, change_summary, page_views, time_on_page_verdict, first_day from "
    assert warehouse.rows(performance + "marts.content_version_performance order by 1") == [
        (1, "First words.", 1, None, date(2026, 3, 1)),
        (2, "Better words.", 1, None, date(2026, 3, 3)),
    ]

    site.git("rm", "--quiet", "content/blog/lending.md")
    site.commit("Gone.")
    site.sync()
    assert stale() == [], "what was read then was read"


def test_a_day_that_is_built_alone_hides_no_other_whose_content_changed(warehouse, site, stale):
    warehouse.load(views("/blog/lending", 0, 1, 2))
    warehouse.build(select=MODELS)
    commit(site, "Words.", MARCH - timedelta(days=1))
    assert stale() == [DayRange(date(2026, 3, 1), date(2026, 3, 3))]
    # Entries of its sessions may lie on the day after, whose pages it looks up too.
    warehouse.build(day(1), select=MODELS)
    assert stale() == [DayRange(date(2026, 3, 2), date(2026, 3, 3))]
    warehouse.build(select=MODELS)
    types = "select view_day, entity_type from marts.analytics_page_views order by viewed_at"
    assert [row[1] for row in warehouse.rows(types)] == ["blog"] * 3
    assert stale() == []


def test_dbt_by_hand_makes_no_day_count_as_built_whose_tables_are_gone(warehouse, stale):
    warehouse.load(views("/blog/lending", 0, 1, 2))
    warehouse.build(select=MODELS)
    with connect(warehouse.url) as connection:
        connection.execute("drop table intermediate.int_page_entities cascade")
    installation = Installation({"DATABASE_URL": warehouse.url, "DOGEAR_HOME": str(warehouse.home)}, warehouse.url)
    first = "{from_day: 2026-03-01, to_day: 2026-03-01}"
    installation.dogear("dbt", "run", "--select", "int_page_entities int_days_of_other_content", "--vars", first)
    assert stale() == [DayRange(date(2026, 3, 1), date(2026, 3, 3))]


@pytest.mark.parametrize("built_alone", [False, True])
def test_content_of_an_entry_after_midnight_rebuilds_the_day_of_its_session(warehouse, site, stale, built_alone):
    midnight = timedelta(hours=14)
    before = event(midnight - timedelta(minutes=1), "click")
    warehouse.load([before, event(midnight + timedelta(minutes=1), page_path="/blog/lending")])
    warehouse.build(select=MODELS)
    commit(site, "Words.", MARCH - timedelta(days=1))
    assert stale() == [DayRange(date(2026, 3, 1), date(2026, 3, 2))]
    if built_alone:
        warehouse.build(day(2), select=MODELS)
        assert stale() == [day(1)]
    warehouse.build(select=MODELS)
    entries = "select session_day, entry_entity_type from marts.analytics_sessions"
    assert warehouse.rows(entries) == [(date(2026, 3, 1), "blog")]
    assert stale() == []


def test_whether_a_commit_changed_how_people_read_is_told_from_noise(warehouse, site):
    commit(site, "Long.", MARCH - timedelta(days=1))
    commit(site, "Shorter.", MARCH + timedelta(days=1, hours=-1))
    commit(site, "Typo.", MARCH + timedelta(days=2, hours=-1))
    readers: list[Event] = []
    for number, seconds in enumerate([60, 20, 20.5]):
        for reader in range(40):
            at, who = timedelta(days=number, minutes=reader), f"{number}-{reader}"
            readers.append(event(at, visitor=who, page_path="/blog/lending"))
            attention = {"engaged_seconds": seconds + reader % 7, "scroll_depth_percentage": 50 + reader % 10}
            readers.append(event(at + timedelta(seconds=80), "heartbeat", who, page_path="/blog/lending", **attention))
    warehouse.load(readers)
    warehouse.build(select=MODELS)
    found = warehouse.rows(
        "select change_summary, page_views, avg_time_on_page, avg_time_on_page_low, avg_time_on_page_high, "
        "time_on_page_verdict, scroll_depth_verdict, bounce_rate_low, bounce_rate_high, bounce_rate_verdict "
        "from marts.content_version_performance order by version_number"
    )
    # Reckoned by hand: 40 times on page with a standard deviation of 1.99; 40 bounces of 40 by Wilson.
    assert found == [
        ("Long.", 40, *near(62.875, 62.258, 63.492), None, None, *near(0.9124, 1), None),
        ("Shorter.", 40, *near(22.875, 22.258, 23.492), "down", "no clear change", *near(0.9124, 1), "no clear change"),
        (
            "Typo.",
            40,
            *near(23.375, 22.758, 23.992),
            "no clear change",
            "no clear change",
            *near(0.9124, 1),
            "no clear change",
        ),
    ]


def near(*numbers: float) -> list[object]:
    return [pytest.approx(number, abs=0.01) for number in numbers]


def test_any_event_can_be_a_goal_in_all_of_history(warehouse, site, stale):
    site.sync()
    bought = event(timedelta(days=2, seconds=5), "purchase", page_path="/shop/thanks/")
    warehouse.load([*views("/shop", 0, 2), bought, event(timedelta(days=4), "purchase", page_path="/other")])
    warehouse.build(select=MODELS)
    sessions = "select session_day, conversions, is_engaged from marts.analytics_sessions order by first_seen"
    assert [row[1:] for row in warehouse.rows(sessions)] == [(0, False), (0, False), (0, False)]

    assert add_goal(warehouse.url, Goal("example.org", "sold", "purchase", "/shop/thanks")) == 2
    assert stale() == [DayRange(date(2026, 3, 3), date(2026, 3, 5))]
    warehouse.build(select=MODELS)
    assert [row[1:] for row in warehouse.rows(sessions)] == [(0, False), (1, True), (0, False)]
    assert warehouse.rows("select goal, date, conversions, visitors from marts.analytics_goal_conversions") == [
        ("sold", date(2026, 3, 3), 1, 1)
    ]
    assert warehouse.rows("select date, converting_sessions from marts.analytics_daily_sites order by date") == [
        (date(2026, 3, 1), 0),
        (date(2026, 3, 3), 1),
        (date(2026, 3, 5), 0),
    ]

    assert remove_goal(warehouse.url, "example.org", "sold") == 2
    warehouse.build(select=MODELS)
    assert [row[1:] for row in warehouse.rows(sessions)] == [(0, False), (0, False), (0, False)]
    assert all_goals(warehouse.url) == []


def test_an_event_without_a_page_reaches_no_goal_of_the_front_page(warehouse, site):
    site.sync()
    warehouse.load([event(timedelta(), "signup", page_path="/"), event(timedelta(hours=1), "signup")])
    add_goal(warehouse.url, Goal("example.org", "home", "signup", "/"))
    warehouse.build(select=MODELS)
    assert warehouse.rows("select goal, conversions from marts.analytics_goal_conversions") == [("home", 1)]


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (Goal("example.org", " ", "signup"), "name of a goal"),
        (Goal("example.org", "g", "Sign up"), "--event"),
        (Goal("example.org", "g", "signup", "thanks"), "--path"),
    ],
)
def test_what_is_no_goal_is_refused(goal, reason):
    with pytest.raises(DogearError, match=reason):
        check_goal(goal)


def test_another_session_gap_is_one_setting_and_one_build(warehouse, stale):
    minutes = [0, 19, 20, 45]
    warehouse.load([event(timedelta(minutes=minute), page_path=f"/{minute}") for minute in minutes])
    warehouse.build(select=MODELS)
    sessions = "select page_views from marts.analytics_sessions order by first_seen"
    assert warehouse.rows(sessions) == [(4,)]

    with connect(warehouse.url) as connection:
        set_session_gap(connection, 20)
    assert stale() == [day(1)]
    warehouse.build(select=MODELS)
    assert warehouse.rows(sessions) == [(3,), (1,)]
    assert stale() == []
