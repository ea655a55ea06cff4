"""What is wrong with a question: where, under which code, and what may be there."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from serving.questions.faults import Fault, QuestionError
from serving.questions.metrics import METRICS
from serving.questions.parsing import parse
from serving.questions.question import Question, resolved
from tests.serving.questions.questions import hostile_questions

TODAY, FIRST = date(2026, 11, 28), date(2026, 3, 1)  # a Saturday
GOOD = {"metrics": ["visitors"], "range": "28d"}


def parsed(**more: Any) -> Question:
    return parse({**GOOD, **more}, today=TODAY, first_day=FIRST)


def faults(said: Any) -> list[tuple[str, str]]:
    with pytest.raises(QuestionError) as raised:
        parse(said, today=TODAY, first_day=FIRST)
    return [(fault.code, fault.pointer) for fault in raised.value.faults]


DEEP: Any = ["is", "country", ["DE"]]
for _ in range(30):
    DEEP = ["not", DEEP]
WRONG = {
    "no object": ([], [("wrong_type", "")]),
    "nothing": ({}, [("missing", "/metrics"), ("missing", "/range")]),
    "an unknown member": ({**GOOD, "a/b": 1}, [("unknown_member", "/a~1b")]),
    "an unknown metric": ({**GOOD, "metrics": ["visitors", "visits"]}, [("unknown_metric", "/metrics/1")]),
    "a metric twice": ({**GOOD, "metrics": ["visitors", "visitors"]}, [("repeated", "/metrics/1")]),
    "an unknown dimension": ({**GOOD, "dimensions": [None]}, [("unknown_dimension", "/dimensions/0")]),
    "two steps": ({**GOOD, "dimensions": ["time:day", "time:week"]}, [("not_together", "/dimensions")]),
    "no condition": ({**GOOD, "filters": [["is"]]}, [("unknown_dimension", "/filters/0/1")]),
    "no values": ({**GOOD, "filters": [["is", "country", []]]}, [("wrong_type", "/filters/0/2")]),
    "no text": ({**GOOD, "filters": ["or", [["is", "country", [1]]]]}, [("wrong_type", "/filters/1/0/2/0")]),
    "NUL": ({**GOOD, "filters": ["is", "country", ["\0"]]}, [("invalid_text", "/filters/2/0")]),
    "a text is more": ({**GOOD, "filters": [["gt", "country", ["DE"]]]}, [("unknown_operator", "/filters/0/0")]),
    "infinity": ({**GOOD, "filters": [["gt", "hour", [float("inf")]]]}, [("wrong_type", "/filters/0/2/0")]),
    "a day": ({**GOOD, "filters": [["is", "time:day", ["2026-11-01"]]]}, [("unknown_dimension", "/filters/0/1")]),
    "a back reference": ({**GOOD, "filters": ["matches", "page", r"(a)\1"]}, [("invalid_pattern", "/filters/2/0")]),
    "too deep": ({**GOOD, "filters": DEEP}, [("too_deep", "/filters" + "/1" * 21)]),
    "too many": ({**GOOD, "filters": [["is_set", "page"]] * 101}, [("too_many", "/filters/100")]),
    "a metric not asked for": ({**GOOD, "having": [["gt", "clicks", [1]]]}, [("unknown_metric", "/having/0/1")]),
    "an order of nothing": ({**GOOD, "order_by": [["clicks", "desc"]]}, [("not_asked", "/order_by/0/0")]),
    "a direction": ({**GOOD, "order_by": [["visitors", "down"]]}, [("unknown_value", "/order_by/0/1")]),
    "a range": ({**GOOD, "range": "28w"}, [("invalid_range", "/range")]),
    "a date": ({**GOOD, "range": ["2026-02-30", "2026-03-01"]}, [("invalid_range", "/range/0")]),
    "backwards": ({**GOOD, "range": ["2026-03-02", "2026-03-01"]}, [("invalid_range", "/range")]),
    "too many steps": (
        {**GOOD, "range": ["2000-01-01", "2026-01-01"], "dimensions": ["time:hour"]},
        [("too_many", "/range")],
    ),
    "a comparison": ({**GOOD, "compare": "last"}, [("unknown_value", "/compare/to")]),
    "a member of it": ({**GOOD, "compare": {"to": "year", "by": 1}}, [("unknown_member", "/compare/by")]),
    "a limit": ({**GOOD, "limit": 10_001}, [("out_of_range", "/limit")]),
    "true is no number": ({**GOOD, "limit": True}, [("out_of_range", "/limit")]),
    "a flag": ({**GOOD, "fill": "yes"}, [("wrong_type", "/fill")]),
    "a format": ({**GOOD, "format": "parquet"}, [("unknown_value", "/format")]),
    "uncertainty": ({**GOOD, "include": ["uncertainty"]}, [("unknown_value", "/include/0")]),
    "no site": ({**GOOD, "sites": []}, [("wrong_type", "/sites")]),
}  # fmt: skip


@pytest.mark.parametrize(("said", "wanted"), WRONG.values(), ids=WRONG)
def test_each_fault_has_a_code_and_a_pointer(said: Any, wanted: list[tuple[str, str]]):
    assert faults(said) == wanted


def test_all_faults_are_found_at_once_with_what_is_allowed():
    with pytest.raises(QuestionError) as raised:
        parse({"metrics": ["visits"], "range": "x", "fill": 1}, today=TODAY, first_day=FIRST)
    found = raised.value.faults
    assert [fault.pointer for fault in found] == ["/metrics/0", "/range", "/fill"]
    assert found[0] == Fault("unknown_metric", "/metrics/0", "There is no such metric.", tuple(METRICS))


RANGES = {
    "today": ("2026-11-28", "2026-11-28"),
    "yesterday": ("2026-11-27", "2026-11-27"),
    "7d": ("2026-11-21", "2026-11-27"),
    "week": ("2026-11-23", "2026-11-28"),
    "month": ("2026-11-01", "2026-11-28"),
    "year": ("2026-01-01", "2026-11-28"),
    "all": ("2026-03-01", "2026-11-28"),
}


@pytest.mark.parametrize(("word", "days"), RANGES.items(), ids=RANGES)
def test_words_are_days(word: str, days: tuple[str, str]):
    assert resolved(parsed(range=word))["range"] == [*days]


def test_instants_of_midnight_are_days_and_others_are_kept():
    assert resolved(parsed(range=["2026-11-01T02:00:00+02:00", "2026-11-03T00:00:00Z"]))["range"] == [
        *("2026-11-01", "2026-11-02")
    ]
    instants = ["2026-11-01T09:30:00+00:00", "2026-11-01T10:00:00+00:00"]
    assert resolved(parsed(range=instants))["range"] == instants


COMPARED = {
    "previous": ("previous", ["2026-02-01", "2026-02-28"], 28),
    "previous, by weekday": ({"to": "previous", "match": "weekday"}, ["2026-02-01", "2026-02-28"], 28),
    "year": ("year", ["2025-03-01", "2025-03-28"], 0),
    "year, by weekday": ({"to": "year", "match": "weekday"}, ["2025-03-02", "2025-03-29"], 364),
    "two dates": (["2026-01-01", "2026-01-28"], ["2026-01-01", "2026-01-28"], 59),
}


@pytest.mark.parametrize(("said", "days", "moved"), COMPARED.values(), ids=COMPARED)
def test_what_a_range_is_compared_with(said: Any, days: list[str], moved: int):
    compare = parsed(range=["2026-03-01", "2026-03-28"], compare=said).compare
    assert compare is not None
    assert [compare.range.first.isoformat(), compare.range.last.isoformat()] == days
    assert compare.days == moved


def test_the_29th_of_february_has_no_day_the_year_before():
    first = parsed(range=["2024-02-29", "2024-03-10"], compare="year").compare
    last = parsed(range=["2024-02-01", "2024-02-29"], compare="year").compare
    assert first is not None
    assert first.range.first == date(2023, 3, 1)
    assert last is not None
    assert last.range.last == date(2023, 2, 28)


def test_a_question_as_it_was_understood_is_the_same_question_again():
    question = parsed(
        dimensions=["page", "time:day"],
        filters=[
            ["is", "country", "DE"],
            ["or", [["not", ["matches", "page", [r"\d+/[^a\]-]{1,3}x?"]]], ["is_set", "city"]]],
        ],
        having=["gte", "visitors", 2],
        compare={"to": "year", "match": "weekday"},
        include=["totals"],
    )
    said = msgspec.json.decode(msgspec.json.encode(resolved(question)))
    assert resolved(parse(said, today=TODAY, first_day=FIRST)) == resolved(question)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(said=hostile_questions())
def test_anything_is_a_question_or_has_faults(said: dict[str, Any]):
    try:
        question = parse(said, today=TODAY, first_day=FIRST)
    except QuestionError as error:
        if not error.faults or not all(it.code and it.detail and it.pointer[:1] in {"", "/"} for it in error.faults):
            raise
    else:
        again = msgspec.json.decode(msgspec.json.encode(resolved(question)))
        assert resolved(parse(again, today=TODAY, first_day=FIRST)) == resolved(question)
