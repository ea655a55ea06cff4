"""Answers agree with a model in Python, with one another, and with themselves when more is asked."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.questions.faults import QuestionError
from serving.questions.metrics import METRICS
from serving.questions.router import SOURCES
from serving.questions.tables import Source
from tests.installation import Installation
from tests.serving.questions.asking import Asker
from tests.serving.questions.model import Facts, expected, read
from tests.serving.questions.questions import questions

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@pytest.fixture(scope="module")
def asker(three_sites: Installation) -> Iterator[Asker]:
    asker = Asker(three_sites.database_url)
    yield asker
    asker.close()


@pytest.fixture(scope="module")
def facts(three_sites: Installation) -> Facts:
    return read(three_sites)


def value(name: str, said: Any) -> Any:
    """A value of a dimension as the model has it."""
    if name == "time:hour":
        return datetime.fromisoformat(said)
    return date.fromisoformat(said) if name.startswith("time:") else said


COMPARED = [None, "previous", {"to": "previous", "match": "weekday"}, {"to": "year"}]


def rounded(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(one, 6) if isinstance(one, float) else one for one in values)


def rows_of(answer: dict[str, Any], question: dict[str, Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    dimensions, metrics = question.get("dimensions", []), question["metrics"]
    return {
        tuple(value(name, row[name]) for name in dimensions): rounded(tuple(row[name] for name in metrics))
        for row in answer["rows"]
    }


def unless(
    asker: Asker, question: dict[str, Any], code: str, sources: Sequence[Source] = SOURCES
) -> dict[str, Any] | None:
    """The answer; None where the question is refused for this reason alone."""
    try:
        return asker.ask(question, sources)
    except QuestionError as error:
        if {fault.code for fault in error.faults} == {code}:
            return None
        raise


@FEW
@given(question=questions())
def test_an_answer_is_what_counting_in_python_gives(asker: Asker, facts: Facts, question: dict[str, Any]):
    answer = asker.ask(question)
    first, last = map(date.fromisoformat, question["range"])
    wanted = {key: rounded(values) for key, values in expected(facts, question, first, last).items()}
    assert rows_of(answer, question) == wanted
    assert len(answer["rows"]) == len(wanted)


@FEW
@given(question=questions(), compare=st.sampled_from(COMPARED))
def test_rollups_and_detail_give_the_same_rows(asker: Asker, question: dict[str, Any], compare: Any):
    question = {**question, "compare": compare}
    answer = asker.ask(question)
    by_detail = unless(asker, question, "no_exact_answer", ["detail"])
    # Of all events, and of goals, there is no detail.
    if by_detail is not None:
        assert by_detail["meta"]["source"] == "detail"
        assert answer["rows"] == by_detail["rows"]


@FEW
@given(question=questions(), more=st.lists(st.sampled_from(sorted(METRICS)), min_size=1, max_size=4, unique=True))
def test_one_more_metric_changes_no_other(asker: Asker, question: dict[str, Any], more: list[str]):
    wider = {**question, "metrics": [*question["metrics"], *(name for name in more if name not in question["metrics"])]}
    wider["order_by"] = [[name, "asc"] for name in question["dimensions"]]
    answer = unless(asker, wider, "not_together")
    if answer is None:
        return
    found = rows_of(answer, {**wider, "metrics": question["metrics"]})
    alone = rows_of(asker.ask(question), question)
    assert {key: values for key, values in found.items() if key in alone} == alone
    # What only the others count is there with nothing of these.
    assert {values for key, values in found.items() if key not in alone} <= {
        tuple(0 if METRICS[name].kind == "count" else None for name in question["metrics"])
    }
