"""From a question to its answer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

import msgspec

from serving.questions.calendar import end_of
from serving.questions.compiling import Compiler
from serving.questions.cursors import cursor_after, offset_of
from serving.questions.dimensions import DIMENSIONS
from serving.questions.engines import Engine, Row
from serving.questions.explaining import explained
from serving.questions.freshness import Freshness, read_known
from serving.questions.metrics import METRICS
from serving.questions.question import Question, Range, range_written, resolved
from serving.questions.router import SOURCES, Plan, route
from serving.questions.tables import Source


class Answer(msgspec.Struct, kw_only=True):
    """Rows as objects, what their columns are, and where they come from. ``next`` is the cursor of what follows."""

    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    totals: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    row_count: int | msgspec.UnsetType = msgspec.UNSET
    next: str | None
    meta: dict[str, Any]


async def answer(
    question: Question, engine: Engine, freshness: Freshness, sources: Sequence[Source] = SOURCES
) -> tuple[Answer, Plan]:
    """Return the answer, and how it was found; ``sources`` are those that may be asked.

    Raises QuestionError where no table is exact.
    """
    began = perf_counter()
    offset = offset_of(question, freshness.data_version)
    known = await read_known(engine, question, freshness)
    plan = route(question, known, sources)
    statement = Compiler(question, plan, engine).rows(offset)
    found = await engine.rows(statement.text, statement.values)
    more = len(found) > question.limit
    result = Answer(
        columns=columns(question),
        rows=[row_of(question, row, freshness) for row in found[: question.limit]],
        next=cursor_after(question, freshness.data_version, offset + question.limit) if more else None,
        meta={},
    )
    if "totals" in question.include:
        totals = msgspec.structs.replace(question, dimensions=(), order_by=(), having=None, limit=1)
        plan_of_totals = route(totals, known, sources)
        total = Compiler(totals, plan_of_totals, engine).rows(0)
        result.totals = row_of(totals, (await engine.rows(total.text, total.values))[0], freshness)
    if "row_count" in question.include:
        count = Compiler(question, plan, engine).count()
        result.row_count = (await engine.rows(count.text, count.values))[0][0]
    result.meta = meta(question, plan, freshness)
    if question.explain:
        result.meta["explain"] = explained(plan, statement.text)
    result.meta["milliseconds"] = round((perf_counter() - began) * 1000, 1)
    return result, plan


def columns(question: Question) -> list[dict[str, Any]]:
    """Return what each column of a row is."""
    of_dimensions = [{"name": name, "type": DIMENSIONS[name].type} for name in question.dimensions]
    of_metrics = [
        {"name": name, "type": it.type, "unit": it.unit, "additive": it.additive, "better": it.better}
        for name in question.metrics
        for it in [METRICS[name]]
    ]
    return [*of_dimensions, *of_metrics]


def row_of(question: Question, row: Row, freshness: Freshness) -> dict[str, Any]:
    """Return a row as an object; with a dimension of time it says whether its step is complete."""
    many = len(question.dimensions)
    last = many + len(question.metrics)
    values = [in_utc(value) for value in row[:many]]
    found = {
        **dict(zip(question.dimensions, values, strict=True)),
        **dict(zip(question.metrics, row[many:last], strict=True)),
    }
    if question.time is not None:
        found["complete"] = freshness.is_complete(step_at(question.time, found[question.time]))
    elif not question.dimensions:
        found["complete"] = freshness.is_complete(question.range)
    if question.compare is not None:
        found["compared"] = dict(zip(question.metrics, row[last:], strict=True))
    return found


def in_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def step_at(time: str, start: Any) -> Range:
    """Return the days of a step of time, by its start."""
    first: date = start.date() if isinstance(start, datetime) else start
    if time == "time:week":
        return Range(first, first + timedelta(days=6))
    if time == "time:month":
        return Range(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
    return Range(first, first)


def meta(question: Question, plan: Plan, freshness: Freshness) -> dict[str, Any]:
    return {
        "question": resolved(question),
        "data_version": freshness.data_version,
        "fresh_until": min(freshness.fresh_until, end_of(question.range.last)),
        "complete": freshness.is_complete(question.range),
        "engine": plan.engine,
        "source": plan.source,
        "exact": True,
        **({"compared_range": range_written(question.compare.range)} if question.compare else {}),
    }
