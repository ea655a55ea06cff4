"""Late events, other content, builds that fail: what ticks of the real daemon ask for, and what it leads to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from tests.content.git_site import GitSite
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event
from tests.rollups.ticks import Ticks, ticks_of, utc

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=1, microsecond=0)
LATE = TODAY - timedelta(days=60)
ADD_EVENT = """
    insert into raw.events (event_id, occurred_at, event_type, source, site, user_code, client_visitor_id, is_bot)
    values (%s, %s, 'page_view', 'test', 'example.org', 'ada', 'ada', false)
"""
# A reader must then wait, until the tick is given up.
HIDE_THE_VIEW = "alter view intermediate.int_days_of_other_content rename to hidden"


def view(at: datetime, path: str = "/about", visitor: str = "ada") -> Event:
    own: dict[str, Any] = {"event_id": uuid4(), "occurred_at": at, "client_visitor_id": visitor, "page_path": path}
    return Event(**own, event_type="page_view", user_code="ada", site="example.org")


def days(first: datetime, last: datetime) -> tuple[str, str]:
    return str(first.date()), str(last.date())


def days_after(start: datetime, number: int) -> datetime:
    return start + timedelta(days=number)


def build_all(warehouse: Warehouse) -> None:
    """In one run of dbt, which takes half of the time of two."""
    warehouse.build(DayRange(days_after(LATE, -10).date(), TODAY.date()), select=MODELS)


@pytest.fixture(scope="module")
def warehouse(make_installation) -> Iterator[Warehouse]:
    """Ten days up to today, and twenty around a day two months ago: one page view each."""
    installation = make_installation("ticks", has_tables=True)
    with installation.here() as settings:
        warehouse = Warehouse(installation.database_url, settings.home_folder)
        warehouse.load(view(days_after(TODAY, -day)) for day in range(10))
        warehouse.load(view(days_after(LATE, day), "/blog/lending") for day in range(-10, 10))
        yield warehouse


@pytest.fixture(scope="module")
def site(warehouse, tmp_path_factory) -> GitSite:
    site = GitSite(tmp_path_factory.mktemp("site"), warehouse.url)
    site.write("imprint.md", "# Imprint\n")
    site.sync()
    return site


@pytest.fixture(scope="module")
def ticks(warehouse, site) -> Iterator[Ticks]:
    build_all(warehouse)
    with ticks_of(warehouse, str(Settings().home_folder / "dagster")) as ticks:
        yield ticks


def views(ticks: Ticks, day: datetime) -> int:
    question = "select page_views from marts.analytics_daily_sites where date = %s"
    with connect(ticks.database_url) as connection:
        return connection.execute(question, [day.date()]).fetchall()[0][0]


def test_an_event_of_two_months_ago_rebuilds_the_days_it_touches_and_no_other(ticks):
    assert ticks.look().skip_reason == "Every day is built that is due."
    ticks.warehouse.load([view(LATE, visitor="bo")])
    assert len(ticks.look().run_ids) == 1
    (run,) = ticks.queued()
    assert ticks.days() == [days(days_after(LATE, -1), days_after(LATE, 2))]
    assert (run.job_name, run.tags["dagster/priority"]) == ("update", "6")

    assert ticks.look().skip_reason == "A build is under way."
    before = ticks.rows("select day, built_at from marts.built_days order by day")
    assert ticks.run() == [True]
    assert views(ticks, LATE) == 2
    after = ticks.rows("select day, built_at from marts.built_days order by day")
    changed = [new["day"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [days_after(LATE, day).date() for day in (-1, 0, 1, 2)]
    assert ticks.look().skip_reason == "Every day is built that is due."


def test_transactions_that_commit_out_of_order_are_both_built(ticks):
    first, second = days_after(LATE, -9), days_after(LATE, 8)
    with connect(ticks.database_url) as slow:
        slow.execute(ADD_EVENT, [uuid4(), first])
        slow.execute("insert into raw.day_counts values (%s, 1)", [first.date()])
        ticks.warehouse.load([view(second, visitor="bo")])
        ticks.look()
        assert ticks.days() == [days(days_after(second, -1), days_after(second, 1))]
        ticks.build()
        assert ticks.look().skip_reason == "Every day is built that is due."
        slow.commit()
    ticks.look()
    assert ticks.days() == [days(days_after(first, -1), days_after(first, 2))]
    ticks.build()
    assert (views(ticks, first), views(ticks, second)) == (2, 2)
    assert ticks.look().skip_reason == "Every day is built that is due."


def test_events_for_each_day_of_a_week_are_built_once_an_hour_and_today_at_once(ticks):
    """To send them each minute makes no more work than that."""
    these = [days_after(TODAY, -day) for day in range(9)]
    ticks.warehouse.load(view(day, visitor="eve") for day in these)
    ticks.look()
    assert ticks.days() == [days(days_after(TODAY, -1), TODAY)], "the others were built a moment ago"
    ticks.build()
    assert ticks.look().skip_reason == "Every day is built that is due."
    ticks.warehouse.load(view(day, visitor="mallory") for day in these)
    with connect(ticks.database_url) as connection:
        connection.execute("update marts.built_days set built_at = built_at - interval '1 hour'")
    ticks.as_if_asked(60)
    ticks.look()
    assert ticks.days() == [days(days_after(TODAY, -9), TODAY)]
    ticks.build()
    assert [views(ticks, day) for day in these] == [3] * 9
    assert ticks.look().skip_reason == "Every day is built that is due."


def test_the_night_builds_yesterday_and_every_four_hours_content_is_summed_up(ticks):
    tomorrow = TODAY + timedelta(days=1)
    late = utc(tomorrow.year, tomorrow.month, tomorrow.day, 1, 59, 50)
    ticks.schedules(late)
    assert ticks.queued() == []
    ticks.schedules(late + timedelta(minutes=1))
    (run,) = ticks.queued()
    assert (run.job_name, run.tags["dagster/priority"], run.tags["dagster/schedule_name"]) == ("build", "4", "nightly")
    assert ticks.days() == [days(TODAY, TODAY)]
    assert ticks.look().skip_reason == "A build is under way."
    ticks.drop()

    ticks.schedules(late + timedelta(hours=2, minutes=31))
    (run,) = ticks.queued()
    assert (run.job_name, run.tags["dagster/priority"]) == ("refresh_content_analytics", "4")
    assert ticks.run() == [True]
    titles = ticks.rows("select title, total_views from marts.mv_content_analytics")
    assert titles == [], "of the last 30 days; the post was read before"


def test_the_counts_of_loads_are_summed_up_by_night(ticks):
    from orchestration.definitions import defs

    loads = "select day, count(*) as loads, sum(events) as events from raw.day_counts group by day order by day"
    before = ticks.rows(loads)
    assert any(row["loads"] > 1 for row in before)
    assert defs.resolve_job_def("sum_up_day_counts").execute_in_process(instance=ticks.instance).success
    assert ticks.rows(loads) == [{**row, "loads": 1} for row in before]
    assert ticks.look().skip_reason == "Every day is built that is due."


def test_a_cursor_of_another_version_starts_over(ticks):
    for cursor in (
        '{"what": "a", "tries": 1, "again_at": 99999999999.0, "content": ""}',
        "no JSON",
        '{"asked": {"a": 1}}',
    ):
        ticks.set_cursor(cursor)
        assert ticks.look().skip_reason == "Every day is built that is due."
        assert set(ticks.cursor) == {"content", "asked"}
    ticks.as_if_asked(60)
    ticks.look()
    assert ticks.cursor["asked"] == {}, "nor does it grow"


def test_other_content_is_looked_for_once(ticks, site):
    assert ticks.cursor["content"]
    site.write("blog/lending.md", "---\ntitle: Lending\n---\nWords.\n")
    site.git("add", "--all")
    site.git("commit", "--quiet", f"--date={days_after(LATE, 9).isoformat()}", "--message", "Write.")
    site.sync()
    ticks.look()
    assert ticks.days() == [days(days_after(LATE, -10), days_after(LATE, 9))], "all days on which it was read"
    ticks.build()
    assert ticks.look().skip_reason == "Every day is built that is due."
    with connect(ticks.database_url) as holder:
        holder.execute(HIDE_THE_VIEW)
        assert ticks.look().skip_reason == "Every day is built that is due."
        holder.rollback()


def test_what_days_are_read_from_is_made_again_where_it_was_dropped(ticks):
    with connect(ticks.database_url) as connection:
        connection.execute("drop schema staging cascade")
    ticks.warehouse.load([view(days_after(LATE, 7), visitor="di")])
    ticks.look()
    (run,) = ticks.queued()
    assert run.job_name == "build"
    assert ticks.run() == [True]
    assert ticks.look().skip_reason == "Every day is built that is due."
    ticks.warehouse.load([view(days_after(LATE, -7), visitor="di")])
    ticks.look()
    assert ticks.queued()[0].job_name == "update"
    ticks.build()


def test_a_build_that_fails_is_asked_for_again_after_longer_and_longer_pauses_and_holds_up_no_other(ticks, site):
    failing = days_after(LATE, 5)
    these = days(days_after(failing, -1), days_after(failing, 2))
    ticks.warehouse.load([view(failing, visitor="bo")])
    ticks.look()
    assert ticks.days() == [these]
    with connect(ticks.database_url) as connection:
        refuse = f"alter table intermediate.int_event_sessions add check (event_day <> '{failing:%Y-%m-%d}') not valid"
        connection.execute(refuse.encode())
    assert ticks.run() == [False]

    assert "a moment ago" in ticks.look().skip_reason
    for pause in (60, 60, 120, 240):
        ticks.as_if_asked(pause / 2)
        assert "a moment ago" in ticks.look().skip_reason
        # More of the same does not help.
        ticks.warehouse.load([view(failing, visitor="cy")])
        ticks.as_if_asked(pause)
        ticks.look()
        assert ticks.days() == [these], f"after {pause} seconds"
        ticks.drop()

    site.write("ideas/later.md", "# Later\n")
    site.commit("Nobody has read this one.")
    site.sync()
    ticks.warehouse.load([view(TODAY, visitor="bo")])
    ticks.look()
    assert ticks.days() == [days(days_after(TODAY, -1), TODAY)]
    assert ticks.queued()[0].tags["dagster/priority"] == "8"
    ticks.drop()
    with connect(ticks.database_url) as holder:
        holder.execute(HIDE_THE_VIEW)
        assert "a moment ago" in ticks.look().skip_reason, "content is looked at once, although days stay stale"
        holder.rollback()
