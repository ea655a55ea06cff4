"""What an answer has besides its rows: pages, totals, comparison, order, filters of metrics, and how fresh it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from serving.questions.faults import DataChangedError, QuestionError
from tests.installation import Installation
from tests.serving.questions.asking import Asker

RANGE = ["2026-03-27", "2026-04-07"]
PAGES = {"metrics": ["page_views", "visitors"], "dimensions": ["page", "time:day"], "range": RANGE}


@pytest.fixture(scope="module")
def asker(three_sites: Installation) -> Iterator[Asker]:
    asker = Asker(three_sites.database_url)
    yield asker
    asker.close()


def pages(asker: Asker, question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    answer = asker.ask(question)
    yield answer
    while answer["next"]:
        answer = asker.ask({**question, "cursor": answer["next"]})
        yield answer


@pytest.mark.parametrize("order", [[], [["page_views", "desc"]], [["visitors", "asc"], ["time:day", "desc"]]])
def test_pages_by_cursor_give_every_row_once(asker: Asker, order: list[list[str]]):
    question = {**PAGES, "order_by": order}
    whole = asker.ask({**question, "limit": 10_000, "include": ["row_count"]})
    found = [answer["rows"] for answer in pages(asker, {**question, "limit": 7})]
    assert [len(rows) for rows in found[:-1]] == [7] * (len(found) - 1)
    assert [row for rows in found for row in rows] == whole["rows"]
    assert whole["row_count"] == len(whole["rows"]) > 50


def test_a_cursor_is_of_one_question_and_of_one_state_of_the_data(asker: Asker):
    cursor = asker.ask({**PAGES, "limit": 1})["next"]
    for other in ({"metrics": ["page_views"]}, {"filters": ["is_set", "page"]}, {"cursor": cursor[:-3]}):
        with pytest.raises(QuestionError) as raised:
            asker.ask({**PAGES, "cursor": cursor, **other})
        assert [(fault.code, fault.pointer) for fault in raised.value.faults] == [("invalid_cursor", "/cursor")]
    with asker.changed("update marts.built_days set built_at = now()"), pytest.raises(DataChangedError):
        asker.ask({**PAGES, "cursor": cursor})


def test_totals_are_those_of_the_range_not_sums_of_rows(asker: Asker):
    question = {"metrics": ["visitors", "page_views", "bounce_rate"], "range": RANGE}
    answer = asker.ask({**question, "dimensions": ["time:day"], "include": ["totals"], "limit": 1})
    assert answer["totals"] == asker.ask(question)["rows"][0]
    days = asker.ask({**question, "dimensions": ["time:day"]})["rows"]
    assert answer["totals"]["page_views"] == sum(row["page_views"] for row in days)
    assert answer["totals"]["visitors"] < sum(row["visitors"] for row in days)


def test_filters_of_metrics_keep_rows_and_change_none(asker: Asker):
    rows = asker.ask({**PAGES, "limit": 10_000})["rows"]
    having = [["or", [["gte", "page_views", [5]], ["not", ["gt", "visitors", [0]]]]]]
    kept = asker.ask({**PAGES, "limit": 10_000, "having": having})["rows"]
    assert kept == [row for row in rows if row["page_views"] >= 5 or not row["visitors"] > 0]
    assert 0 < len(kept) < len(rows)


BY_WEEKDAY = {"to": "previous", "match": "weekday"}
# What is asked, of when, with when it is compared, and by how many days that is moved.
COMPARED = {
    "previous": ({"to": "previous"}, ("2026-04-02", "2026-04-04"), ("2026-03-30", "2026-04-01"), 3),
    "by weekday": (BY_WEEKDAY, ("2026-04-03", "2026-04-06"), ("2026-03-27", "2026-03-30"), 7),
    "two dates": (["2026-03-28", "2026-03-29"], ("2026-04-05", "2026-04-06"), ("2026-03-28", "2026-03-29"), 8),
}


@pytest.mark.parametrize(("compare", "main", "other", "days"), COMPARED.values(), ids=COMPARED)
@pytest.mark.parametrize("dimensions", [["time:day"], ["channel", "time:day"], ["page"], []], ids=" ".join)
def test_each_row_is_compared_with_its_own(asker: Asker, compare, main, other, days, dimensions: list[str]):
    metrics = ["page_views", "visitors", "time_on_page"]
    nothing = (0, 0, None)
    asked = {"metrics": metrics, "dimensions": dimensions, "limit": 10_000}
    found = asker.ask({**asked, "range": [*main], "compare": compare})
    assert found["meta"]["compared_range"] == [*other]

    def rows(said: list[dict[str, Any]], moved: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Rows that count anything, with their days moved."""
        by = timedelta(days=moved)
        return {
            tuple(str(date.fromisoformat(row[it]) + by) if it == "time:day" else row[it] for it in dimensions): values
            for row in said
            if (values := tuple(row[name] for name in metrics)) != nothing
        }

    assert rows(found["rows"], 0) == rows(asker.ask({**asked, "range": [*main]})["rows"], 0)
    before = rows(asker.ask({**asked, "range": [*other]})["rows"], days)
    assert rows([{**row, **row["compared"]} for row in found["rows"]], 0) == before


def test_a_step_is_complete_once_it_is_over_and_built(asker: Asker):
    question = {"metrics": ["sessions"], "dimensions": ["time:week"], "range": ["2026-03-27", "2026-04-07"]}
    assert [row["complete"] for row in asker.ask(question)["rows"]] == [True] * 3
    with asker.changed("insert into raw.day_counts (day, events, crawlers) values ('2026-04-01', 1, 0)"):
        answer = asker.ask(question)
        assert [row["complete"] for row in answer["rows"]] == [True, False, True]
        assert answer["meta"]["fresh_until"] < "2026-12"
    (today,) = asker.ask({"metrics": ["sessions"], "dimensions": ["time:day"], "range": "today"})["rows"]
    assert (today["sessions"], today["complete"]) == (0, False)


def test_values_that_share_a_row_in_a_rollup_are_asked_of_the_detail(asker: Asker):
    question = {"metrics": ["sessions"], "dimensions": ["source"], "range": RANGE, "explain": True}
    wanted = asker.ask(question)
    assert wanted["meta"]["source"] == "rollup"
    with asker.changed("update marts.analytics_daily_sources set referrer = '(other)' where referrer = 'news.example'"):
        answer = asker.ask(question)
    assert answer["rows"] == wanted["rows"]
    (step,) = answer["meta"]["explain"]["steps"]
    assert step["table"] == "analytics_sessions"
    assert step["rejected"][-1] == {
        "table": "analytics_daily_sources",
        "reason": "Some values of source share a row named (other).",
    }


def test_pages_that_share_a_row_have_their_paths_in_the_detail(asker: Asker):
    question = {"metrics": ["page_views", "visitors"], "dimensions": ["page"], "range": RANGE}
    wanted = asker.ask(question)["rows"]
    shared = "set entity_id = '(other)' where entity_id in ('/a', '/b')"
    changes = [
        f"update marts.{table} {shared}" for table in ("analytics_aggregates", "visitor_sets", "analytics_page_views")
    ]
    with asker.changed(*changes):
        assert asker.ask(question)["rows"] == wanted


def test_a_document_is_one_page_under_all_its_paths(asker: Asker):
    rows = asker.ask({"metrics": ["page_views"], "dimensions": ["page", "content_type"], "range": RANGE})["rows"]
    assert {row["page"] for row in rows if row["content_type"] == "blog"} == {"/blog/why"}
    with asker.changed("update content.items set url_path = '/moved'"):
        question = {"metrics": ["page_views", "visitors"], "range": RANGE, "filters": ["is", "page", "/moved"]}
        moved = asker.ask(question)["rows"]
    assert moved[0]["page_views"] == sum(row["page_views"] for row in rows if row["content_type"] == "blog")


def test_no_row_counts_nothing_unless_it_is_filled(asker: Asker):
    """A rollup of pages has rows of sessions that entered a page on another day than they viewed it."""
    question = {"metrics": ["page_views"], "dimensions": ["page", "channel", "time:day"], "range": RANGE, "fill": False}
    answer = asker.ask(question)
    assert answer["meta"]["source"] == "rollup"
    assert all(row["page_views"] > 0 for row in answer["rows"])


def test_a_day_alone_has_the_rows_that_it_has_among_others(asker: Asker):
    """Also where sessions began the day before."""
    question = {"metrics": ["page_views", "clicks", "custom_events"], "limit": 10_000, "fill": False}
    among = asker.ask({**question, "dimensions": ["time:day", "entry_page", "source"], "range": RANGE})["rows"]
    order = [["entry_page", "asc"], ["source", "asc"]]
    for day in {row["time:day"] for row in among}:
        alone = {**question, "dimensions": ["entry_page", "source"], "range": [day, day], "order_by": order}
        names = ("time:day", "complete")
        wanted = [
            {name: it for name, it in row.items() if name not in names} for row in among if row["time:day"] == day
        ]
        assert asker.ask(alone)["rows"] == wanted


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_what_is_not_known_comes_last(asker: Asker, direction: str):
    question = {"metrics": ["scroll_depth"], "dimensions": ["page", "country"], "range": RANGE}
    for name in ("scroll_depth", "country"):
        values = [row[name] for row in asker.ask({**question, "order_by": [[name, direction]]})["rows"]]
        known = [value for value in values if value is not None]
        assert values == [*sorted(known, reverse=direction == "desc"), *[None] * values.count(None)]
        assert None in values


def test_instants_cut_a_day(asker: Asker):
    noon = ["2026-03-27T12:00:00Z", "2026-03-28T00:00:00Z"]
    morning = ["2026-03-27T00:00:00Z", "2026-03-27T12:00:00Z"]
    metrics = ["page_views", "sessions", "clicks"]
    parts = [asker.ask({"metrics": metrics, "range": instants})["rows"][0] for instants in (morning, noon)]
    day = asker.ask({"metrics": metrics, "range": ["2026-03-27", "2026-03-27"]})["rows"][0]
    assert {name: parts[0][name] + parts[1][name] for name in metrics} == {name: day[name] for name in metrics}
    assert all(part["page_views"] > 0 for part in parts)
