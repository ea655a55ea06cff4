"""Every mart of a real site, recounted from what its log, its readers and its Git history say."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from orchestration.days import DayRange
from orchestration.events.logs.import_file import import_file
from orchestration.rollups import goals
from tests.e2e import recount_breakdowns, recount_days, recount_documents, recount_visits
from tests.e2e.acts import LOG_BEGINS, MOVED_BEGINS, SITE, acts_of_log, acts_of_readers, moved_log, written
from tests.e2e.facts import Facts, Goal
from tests.e2e.recount_content import pages_of
from tests.installation import Installation
from tests.rollups.building import MODELS, REFRESHED, Warehouse

RECOUNTS = recount_visits.MARTS | recount_days.MARTS | recount_breakdowns.MARTS | recount_documents.MARTS
GOALS = [Goal("read", "page_view", "/projects/xdotool"), Goal("wrote", "letter_generated")]
# Read from files, which say everything themselves.
RECOUNTED_IN_REAL_SITE = {"content_broken_links", "content_languages", "content_quality_distribution"}
MARTS = "select relname from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
NAME = "coalesce((select i.file_path from content.items as i where i.content_id::text = {0}), {0})"
NAMED = {
    "entity": NAME.format("m.entity_id"),
    "content": NAME.format("m.content_id::text"),
    "entry": NAME.format("m.entry_entity_id"),
    "exit": NAME.format("m.exit_entity_id"),
    "value": NAME.format("m.value"),
}


@pytest.fixture(scope="module")
def facts(semicomplete: Path, real_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """The log, the log of other days, and readers: on those, some days ago, and before what counts as the last days."""
    log = semicomplete / "access.log.gz"
    moved = moved_log(log, tmp_path_factory.mktemp("moved") / "access.log.gz")
    today = datetime.now(UTC).date()
    days = [MOVED_BEGINS + timedelta(days=2), *(today - timedelta(days=ago) for ago in (60, 10, 9))]
    return Facts(acts_of_log(log) + acts_of_log(moved) + acts_of_readers(days), pages_of(real_repository), GOALS)


@pytest.fixture(scope="module")
def built(
    real_site: Installation,
    make_installation: Callable[..., Installation],
    facts: Facts,
    semicomplete: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Warehouse:
    """A copy of the real site, to which all that is not of its log comes later; and goals that nobody knew of."""
    warehouse = Warehouse.of(make_installation("every_mart", like=real_site))
    folder = tmp_path_factory.mktemp("later")
    moved = moved_log(semicomplete / "access.log.gz", folder / "access.log.gz")
    readers = written([act for act in facts.acts if len(act.reader) == 1], folder / "readers.ndjson")
    for file in (moved, readers):
        assert import_file(warehouse.url, file, site=SITE, user_code="jordan").lines_rejected == 0
    for goal in GOALS:
        goals.add_goal(warehouse.url, goals.Goal(SITE, goal.name, goal.kind, goal.path))
    warehouse.build(DayRange(LOG_BEGINS, datetime.now(UTC).date()), select=MODELS)
    warehouse.refresh(*REFRESHED)
    return warehouse


def rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(float(value), 3) if isinstance(value, float) else value for value in row)


@pytest.mark.parametrize("mart", sorted(RECOUNTS))
def test_a_mart_says_what_was_counted(built: Warehouse, facts: Facts, mart: str):
    recount = RECOUNTS[mart]
    columns = recount.columns.format(**NAMED)
    expected = Counter(map(rounded, recount.rows(facts)))
    assert len(expected) > 1
    found = Counter(map(rounded, built.rows(f"select {columns} from marts.{mart} as m")))
    only_mart, only_recount = found - expected, expected - found
    assert (list(only_mart)[:3], list(only_recount)[:3]) == ([], []), f"{len(only_mart)}, {len(only_recount)}"


@pytest.mark.parametrize("step", ["weekly", "monthly"])
def test_visitors_of_any_range_are_those_who_came_in_it(built: Warehouse, facts: Facts, step: str):
    """From Thursday to Tuesday in all ways, so that periods lack days before, or days after, or both, or none."""
    series = "select first_day, last_day, unique_visitors from analytics.get_time_series_data('site', '{0}', {1})"
    days = [MOVED_BEGINS + timedelta(days=number) for number in range(-1, 5)]
    for first, last in combinations_with_replacement(days, 2):
        found = built.rows(series.format(SITE, f"'{first}', '{last}', '{step}'"))
        assert found == [
            (start, end, len({view.act.reader for view in facts.views if start <= view.act.day <= end}))
            for start, end, _ in found
        ]


def test_no_mart_is_left_out(built: Warehouse):
    marts, recounted = {mart for (mart,) in built.rows(MARTS)}, RECOUNTS.keys() | RECOUNTED_IN_REAL_SITE
    assert not marts - recounted, "recount it in tests/e2e/recount_*.py"
    assert not recounted - marts


def test_the_log_alone_tells_of_page_views_only(real_site):
    assert real_site.rows("select distinct event_type from marts.analytics_daily_events") == [("page_view",)]
    for mart in ("clicks", "custom_events", "daily_properties", "goal_conversions", "heatmap", "daily_click_targets"):
        assert real_site.rows(f"select count(*) from marts.analytics_{mart}") == [(0,)], mart
    assert real_site.rows("select count(*) from marts.content_version_days") == [(0,)], "Git begins three months later"
