"""From a plan to SQL: each step counts its fact in groups, and the groups of all steps are put together.

Names in the SQL come from the catalogue and the tables; what was asked for comes as a parameter, always. A column is
 ``d1``, ``d2``… for dimensions, ``m_`` and ``c_`` for measures of the range and of the one compared with.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from serving.questions.catalogue import Metric
from serving.questions.conditions import Values, condition_sql
from serving.questions.dimensions import DIMENSIONS
from serving.questions.engines import Engine
from serving.questions.metrics import METRICS
from serving.questions.question import Question
from serving.questions.router import Plan, Step
from serving.questions.tables import JOINS, OF_PAGES, Table, type_of

STEPS = {"time:hour": "1 hour", "time:day": "1 day", "time:week": "7 days", "time:month": "1 month"}
TYPES = {"text": "text", "integer": "integer", "date": "date", "datetime": "timestamp"}


class Statement(msgspec.Struct, frozen=True):
    """SQL and its parameters."""

    text: str
    values: list[Any]


class Compiler:
    """Writes the statements of one question."""

    def __init__(self, question: Question, plan: Plan, engine: Engine) -> None:
        self._question, self._plan, self._engine = question, plan, engine
        self._values = Values()
        self._dimensions = [f"d{number}" for number, _ in enumerate(question.dimensions, start=1)]
        self._measures = [(step.is_compared, name) for step in plan.steps for name in step.measures]

    def rows(self, offset: int) -> Statement:
        """Return the statement for a page of rows, and one row more, which says that there are others after it."""
        order = ", ".join(self._order())
        text = f"{self._answered()}\n{order and 'order by ' + order}"
        limit = f"limit {self._values.add(self._question.limit + 1)} offset {self._values.add(offset)}"
        return Statement(f"{text}\n{limit}", self._values.list)

    def count(self) -> Statement:
        """Return the statement for how many rows there are in all."""
        return Statement(f"select count(*) from (\n{self._answered()}\n) as answered", self._values.list)

    def _answered(self) -> str:
        steps = [self._step(step) for step in self._plan.steps]
        combined = "\nunion all\n".join(steps)
        filled = (
            f",\nfilled as (\nselect * from combined\nunion all\n{self._buckets()}\n)"
            if self._question.is_filled
            else ""
        )
        groups = [*self._dimensions, *(f"max({measure}) as {measure}" for measure in self._names())]
        rows = "filled" if filled else "combined"
        by = f" group by {', '.join(self._dimensions)}" if self._dimensions else ""
        counted = f"counted as (\nselect {', '.join(groups)} from {rows}{by}\n)"
        ranges = [False, True] if self._question.compare else [False]
        metrics = [
            f"{metric_sql(METRICS[name], prefix(is_compared))} as {name_of(place, is_compared)}"
            for is_compared in ranges
            for place, name in enumerate(self._question.metrics)
        ]
        answered = f"answered as (\nselect {', '.join([*self._dimensions, *metrics])} from counted\n)"
        text = f"with combined as (\n{combined}\n){filled},\n{counted},\n{answered}\nselect * from answered"
        if self._question.having is None:
            return text
        metric = {name: name_of(place, is_compared=False) for place, name in enumerate(self._question.metrics)}
        return f"{text}\nwhere {condition_sql(self._question.having, metric.__getitem__, self._values, self._engine)}"

    def _names(self) -> list[str]:
        return [f"{prefix(is_compared)}{name}" for is_compared, name in self._measures]

    def _step(self, step: Step) -> str:
        """Return SQL of the groups of one step: measures of other steps are NULL in them."""
        table = step.table
        dimensions = [
            f"{self._column(step, name)} as {alias}"
            for name, alias in zip(self._question.dimensions, self._dimensions, strict=True)
        ]
        by = f"\ngroup by {', '.join(str(place + 1) for place, _ in enumerate(dimensions))}" if dimensions else ""
        if table.person is None:
            measures = self._padded(step, dict(table.measures))
            return f"select {', '.join([*dimensions, *measures])}\n{self._from(step)}{by}"
        # A person is one for each site.
        person = ["t.site as site", f"{table.person} as person"]
        people = f"select distinct {', '.join([*dimensions, *person])}\n{self._from(step)}"
        measures = self._padded(step, dict.fromkeys(step.measures, "count(*)"))
        return f"select {', '.join([*self._dimensions, *measures])}\nfrom (\n{people}\n) as people{by}"

    def _padded(self, step: Step, measures: dict[str, str]) -> Iterable[str]:
        for is_compared, name in self._measures:
            is_ours = is_compared == step.is_compared and name in step.measures
            sql = measures[name] if is_ours else f"cast(null as {type_of(name)})"
            yield f"{sql} as {prefix(is_compared)}{name}"

    def _column(self, step: Step, name: str) -> str:
        table = step.table
        clock = self._engine.clock(table.instant or "")
        return table.columns[name].sql.format(s=session_of(table), shift=self._shift(step), clock=clock)

    def _shift(self, step: Step) -> str:
        """Return what moves a day of the range that is compared with to the day of the other that it belongs to."""
        compare = self._question.compare
        if compare is None or not step.is_compared:
            return ""
        return " + interval '1 year'" if compare.is_year else f" + interval '{compare.days} days'"

    def _from(self, step: Step) -> str:
        table, used = step.table, self._question.used
        joins = dict.fromkeys(join for name in used for join in table.columns[name].joins)
        values = self._values
        texts = {
            "s": session_of(table),
            "day_before": "",
            "last_day": "",
            "analytics_sessions": self._engine.relation("analytics_sessions"),
            "documents": self._engine.relation("documents"),
        }
        lines = [f"from {self._engine.relation(table.name)} as t"]
        if "session" in joins:
            texts["day_before"] = values.add(step.range.first - timedelta(days=1))
            texts["last_day"] = values.add(step.range.last)
        lines += [text.format(**texts) for text in [table.also_from, *(JOINS[join] for join in joins)] if text]
        return "\n".join([*lines, "where " + " and ".join(self._where(step))])

    def _where(self, step: Step) -> list[str]:
        table, question, values = step.table, self._question, self._values
        found = [f"{table.day} between {values.add(step.range.first)} and {values.add(step.range.last)}", *table.where]
        if not step.range.is_whole_days:
            found.append(
                f"{table.instant} >= {values.add(step.range.start)} and {table.instant} < {values.add(step.range.end)}"
            )
        if question.sites is not None:
            found.append(f"t.site in ({values.all(question.sites)})")
        if table.where_of_pages and OF_PAGES & set(question.used):
            found.append(table.where_of_pages)
        if question.filters is not None:
            found.append(
                condition_sql(question.filters, lambda name: f"({self._column(step, name)})", values, self._engine)
            )
        return found

    def _buckets(self) -> str:
        """Return SQL of a group without measures for each step of time, and each pair of the other dimensions."""
        question = self._question
        time = question.time
        assert time is not None
        unit = time.removeprefix("time:")
        first, last = (
            self._values.add(at.replace(tzinfo=None))
            for at in (question.range.start, question.range.end - timedelta(microseconds=1))
        )
        series = (
            f"(select cast(bucket as {TYPES[DIMENSIONS[time].type]}) as bucket from generate_series("
            f"date_trunc('{unit}', cast({first} as timestamp)), cast({last} as timestamp), interval '{STEPS[time]}'"
            ") as series(bucket)) as buckets"
        )
        others = [alias for name, alias in zip(question.dimensions, self._dimensions, strict=True) if name != time]
        cross = f" cross join (select distinct {', '.join(others)} from combined) as others" if others else ""
        columns = [
            "buckets.bucket" if name == time else f"others.{alias}"
            for name, alias in zip(question.dimensions, self._dimensions, strict=True)
        ]
        measures = [f"cast(null as {type_of(name)})" for _, name in self._measures]
        return f"select {', '.join([*columns, *measures])} from {series}{cross}"

    def _order(self) -> Iterable[str]:
        question = self._question
        for name, direction in question.order:
            if name in question.metrics:
                column = name_of(question.metrics.index(name), is_compared=False)
            else:
                alias = self._dimensions[question.dimensions.index(name)]
                column = f'{alias} collate "C"' if DIMENSIONS[name].type == "text" else alias
            yield f"{column} {direction} nulls last"


def session_of(table: Table) -> str:
    return "t" if table.fact == "sessions" else "s"


def prefix(is_compared: bool) -> str:
    return "c_" if is_compared else "m_"


def name_of(place: int, is_compared: bool) -> str:
    return f"{'compared' if is_compared else 'metric'}_{place + 1}"


def metric_sql(metric: Metric, of: str) -> str:
    """Return SQL of a metric by its measures."""
    names = [f"{of}{name}" for name in metric.measures]
    if metric.kind == "count":
        return f"coalesce({names[0]}, 0)"
    if metric.kind == "ratio":
        return f"(cast({names[0]} as double precision) / nullif({names[1]}, 0))"
    return names[0]
