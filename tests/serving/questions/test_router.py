"""Which table answers, and why no cheaper one: a pure function of the question and of what is known of the data."""

from datetime import date
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT_ROOT
from serving.questions.catalogue import Dimension
from serving.questions.dimensions import DIMENSIONS
from serving.questions.faults import QuestionError
from serving.questions.metrics import METRICS
from serving.questions.parsing import parse
from serving.questions.router import TABLES, Plan, dimensions_of, route
from serving.questions.tables import Known

DAY = date(2026, 3, 1)
ALL = Known(first_day=DAY, first_detail_day=DAY)
RANGE = ["2026-03-01", "2026-03-28"]


def planned(metrics: str, dimensions: str = "", known: Known = ALL, **more: Any) -> Plan:
    said = {"metrics": metrics.split(), "dimensions": dimensions.split(), "range": RANGE, **more}
    return route(parse(said, today=date(2026, 11, 28), first_day=DAY), known)


def tables(plan: Plan) -> list[str]:
    return [step.table.title for step in plan.steps]


ROUTES = {
    ("visitors page_views sessions", ""): [
        "visitor_periods (months)",
        "analytics_daily_sites",
        "analytics_daily_sites",
    ],
    ("visitors", "time:day site"): ["analytics_daily_sites"],
    ("visitors", "time:week"): ["visitor_sets (sites)"],
    ("visitors", "time:month site"): ["visitor_periods (months)"],
    ("visitors page_views", "time:hour"): ["analytics_aggregates (sites by hour)"] * 2,
    ("visitors page_views", "page"): ["visitor_sets (pages)", "analytics_aggregates (pages by day)"],
    ("visitors", "country"): ["analytics_page_views"],
    ("page_views time_on_page", "page channel"): ["analytics_daily_page_breakdowns (channel)"],
    ("bounce_rate", "source time:month"): ["analytics_daily_sources"],
    ("bounce_rate", "city"): ["analytics_daily_breakdowns (city)"],
    ("bounce_rate", "city device"): ["analytics_sessions"],
    ("sessions", "entry_page weekday"): ["analytics_daily_breakdowns (entry_page)"],
    ("conversions", ""): ["analytics_sessions"],
    ("scroll_depth", ""): ["analytics_page_views"],
    ("events", "event"): ["analytics_daily_events"],
    ("goal_conversions", "goal time:day"): ["analytics_goal_conversions"],
}


@pytest.mark.parametrize(("asked", "wanted"), ROUTES.items(), ids=map(" by ".join, ROUTES))
def test_the_cheapest_table_that_is_exact_answers(asked: tuple[str, str], wanted: list[str]):
    assert tables(planned(*asked)) == wanted


def test_a_filter_must_be_known_to_the_table_as_a_dimension_is():
    plan = planned("sessions", "city", filters=[["is", "device", ["mobile"]]])
    assert tables(plan) == ["analytics_sessions"]
    reasons = {one.table: one.reason for one in plan.steps[0].rejected}
    assert reasons["analytics_daily_sites"] == "It does not know city."
    assert reasons["analytics_daily_breakdowns (city)"] == "It does not know device."
    # Of other dimensions nothing is said.
    assert "analytics_daily_breakdowns (browser)" not in reasons


def test_one_day_of_visitors_needs_no_sets():
    assert tables(planned("visitors", range=["2026-03-02", "2026-03-02"])) == ["analytics_daily_sites"]


PERIODS = {
    "up to a day of a month": (["2026-03-01", "2026-03-10"], "", "visitor_periods (months)"),
    "from a day of a month on": (["2026-03-02", "2026-03-31"], "", "visitor_sets (sites)"),
    "more than a month": (["2026-03-01", "2026-04-01"], "", "visitor_sets (sites)"),
    "each month": (["2026-03-01", "2026-04-10"], "time:month", "visitor_periods (months)"),
    "up to a day of a week": (["2026-03-02", "2026-03-05"], "", "visitor_periods (weeks)"),
    "weeks from a Tuesday on": (["2026-03-03", "2026-03-20"], "time:week", "visitor_sets (sites)"),
}


@pytest.mark.parametrize(("days", "dimensions", "table"), PERIODS.values(), ids=PERIODS)
def test_people_of_a_period_are_counted_from_its_first_day_on(days: list[str], dimensions: str, table: str):
    assert tables(planned("visitors", dimensions, range=days)) == [table]


def test_moved_days_keep_their_week_or_their_month():
    def of_others(days: list[str], dimensions: str, compare: Any) -> str:
        return tables(planned("visitors", dimensions, range=days, compare=compare))[1]

    weeks = ["2026-03-30", "2026-04-12"]
    assert of_others(weeks, "time:week", "previous") == "visitor_periods (weeks)"
    assert of_others(weeks, "time:week", "year") == "visitor_sets (sites)"
    months = ["2026-04-01", "2026-05-30"]
    assert of_others(months, "time:month", "year") == "visitor_periods (months)"
    # The 1st of February plus 59 days is the 1st of April, but the 1st of March becomes the 29th.
    assert of_others(months, "time:month", ["2026-02-01", "2026-04-01"]) == "visitor_sets (sites)"


def test_values_that_share_a_row_are_asked_of_the_detail():
    known = Known(first_day=DAY, first_detail_day=DAY, capped=frozenset({("analytics_daily_sources", "source")}))
    plan = planned("sessions", "source", known)
    assert tables(plan) == ["analytics_sessions"]
    assert plan.steps[0].rejected[-1].reason == "Some values of source share a row named (other)."
    assert tables(planned("sessions", "channel", known)) == ["analytics_daily_sources"]


def test_instants_are_asked_of_rows_that_have_them():
    instants = ["2026-03-01T09:30:00Z", "2026-03-01T10:00:00Z"]
    assert tables(planned("page_views", range=instants)) == ["analytics_page_views"]


def test_what_has_left_the_detail_is_refused_with_the_day_from_which_it_is_there():
    known = Known(first_day=DAY, first_detail_day=date(2026, 3, 10))
    assert tables(planned("sessions", "city", known)) == ["analytics_daily_breakdowns (city)"]
    with pytest.raises(QuestionError) as raised:
        planned("sessions", "city device", known)
    (fault,) = raised.value.faults
    assert (fault.code, fault.pointer) == ("no_exact_answer", "/metrics/0")
    assert "Its rows begin on 2026-03-10." in fault.detail


def test_a_metric_that_a_dimension_says_nothing_of_is_refused_with_those_that_do():
    with pytest.raises(QuestionError) as raised:
        planned("page_views bounce_rate", "page")
    (fault,) = raised.value.faults
    assert (fault.code, fault.pointer) == ("not_together", "/metrics/1")
    assert "entry_page" in fault.allowed
    assert "page" not in fault.allowed


def test_the_catalogue_and_the_tables_know_the_same_names():
    facts = {table.fact for table in TABLES}
    assert {metric.fact for metric in METRICS.values()} == facts
    assert {name for table in TABLES for name in table.columns} == DIMENSIONS.keys()
    assert all(isinstance(one, Dimension) and one.name == name for name, one in DIMENSIONS.items())
    measures = {fact: {name for table in TABLES if table.fact == fact for name in table.measures} for fact in facts}
    for metric in METRICS.values():
        assert {*metric.measures} <= measures[metric.fact], metric
        assert {"site", "time:day"} <= {*dimensions_of(metric.fact)}, metric


def test_the_documentation_has_every_metric_and_dimension_as_the_catalogue_says_it():
    text = (PROJECT_ROOT / "docs" / "api.md").read_text()
    for metric in METRICS.values():
        additive = "yes" if metric.additive else "no"
        assert f"| `{metric.name}` | {metric.definition} | {metric.unit} | {additive} |" in text
    for dimension in DIMENSIONS.values():
        assert f"| `{dimension.name}` | {dimension.definition} |" in text


def test_the_lineage_names_the_marts_that_questions_read():
    exposures = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "models" / "exposures.yml").read_text())["exposures"]
    named = next(exposure["depends_on"] for exposure in exposures if exposure["name"] == "questions")
    assert sorted(named) == sorted(f"ref('{name}')" for name in {table.name for table in TABLES})
