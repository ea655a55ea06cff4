"""From a question to a plan: which tables answer it. A pure function; what it must know of the data is given to it.

Each fact of a question is counted from one table: the first that fits of its tables, which are listed with the cheapest
first. A table fits only if what it says is exact.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from serving.questions.details import DETAILS
from serving.questions.dimensions import DIMENSIONS
from serving.questions.faults import Fault, QuestionError, at
from serving.questions.metrics import METRICS
from serving.questions.question import Compare, Question, Range
from serving.questions.rollups import ROLLUPS
from serving.questions.tables import Known, Source, Table

TABLES = [*ROLLUPS, *DETAILS]
SOURCES: tuple[Source, ...] = ("rollup", "detail")


class Rejected(msgspec.Struct, frozen=True):
    """A cheaper table, and the first reason why it does not fit."""

    table: str
    reason: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of one fact, from one table. ``is_compared``: in the range that is compared with."""

    table: Table
    measures: tuple[str, ...]
    range: Range
    is_compared: bool
    rejected: tuple[Rejected, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a question is answered."""

    engine: str
    steps: tuple[Step, ...]

    @property
    def source(self) -> Literal["rollup", "detail", "mixed"]:
        sources = {step.table.source for step in self.steps}
        return "mixed" if len(sources) > 1 else self.steps[0].table.source


def route(question: Question, known: Known, sources: Collection[Source] = SOURCES) -> Plan:
    """Return the cheapest exact plan. Raises QuestionError where there is none."""
    check_together(question)
    ranges = [(question.range, False), *([(question.compare.range, True)] if question.compare else [])]
    steps = [
        step_of(question, fact, measures, found, known, sources, is_compared=is_compared)
        for found, is_compared in ranges
        for fact, measures in measures_of(question.metrics).items()
    ]
    return Plan(engine="postgresql", steps=tuple(steps))


def measures_of(metrics: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the measures that metrics are made of, by fact."""
    found: dict[str, list[str]] = {}
    for name in metrics:
        metric = METRICS[name]
        found.setdefault(metric.fact, []).extend(metric.measures)
    return {fact: tuple(dict.fromkeys(measures)) for fact, measures in found.items()}


def check_together(question: Question) -> None:
    """Raise QuestionError where no table of a fact knows a dimension: that is said of each metric."""
    faults: list[Fault] = []
    for place, name in enumerate(question.metrics):
        allowed = dimensions_of(METRICS[name].fact)
        for dimension in question.used:
            if dimension not in allowed:
                detail = f"{name} is not known by {dimension}. Ask for it alone, or by another dimension."
                faults.append(Fault("not_together", at("/metrics", place), detail, allowed))
    if faults:
        raise QuestionError(*faults)


def dimensions_of(fact: str) -> tuple[str, ...]:
    """Return the dimensions by which a fact can be asked."""
    known = {name for table in TABLES if table.fact == fact for name in table.columns}
    return tuple(name for name in DIMENSIONS if name in known)


def step_of(
    question: Question,
    fact: str,
    measures: tuple[str, ...],
    days: Range,
    known: Known,
    sources: Collection[Source],
    *,
    is_compared: bool,
) -> Step:
    rejected: list[Rejected] = []
    for table in TABLES:
        if table.fact != fact or table.needs - set(question.used) == table.needs != frozenset():
            continue
        reason = misfit(table, question, measures, days, known, sources)
        if reason is None:
            return Step(table=table, measures=measures, range=days, is_compared=is_compared, rejected=tuple(rejected))
        rejected.append(Rejected(table.title, reason))
    said = "; ".join(f"{one.table}: {one.reason}" for one in rejected)
    place = next(place for place, name in enumerate(question.metrics) if METRICS[name].fact == fact)
    detail = f"No table answers this exactly. {said} Ask for fewer dimensions, or for a later range."
    raise QuestionError(Fault("no_exact_answer", at("/metrics", place), detail))


def misfit(
    table: Table, question: Question, measures: Iterable[str], days: Range, known: Known, sources: Collection[Source]
) -> str | None:
    """Return the first reason why a table does not answer exactly; None if it does."""
    if table.source not in sources:
        return "It is not asked."
    if missing := next((name for name in question.used if name not in table.columns), None):
        return f"It does not know {missing}."
    if missing := next((name for name in measures if name not in table.measures and not table.person), None):
        return f"It does not hold {missing}."
    if not days.is_whole_days and table.instant is None:
        return "It holds whole days or hours, and the range cuts them."
    if table.whole and not is_whole(table.whole, question, days):
        return f"Its {', '.join(measures)} are of each {table.whole} from its first day, and cannot be added up."
    if capped := next((name for name in question.used if (table.title, name) in known.capped), None):
        return f"Some values of {capped} share a row named (other)."
    if table.source == "detail" and max(days.first, known.first_day) < known.first_detail_day:
        return f"Its rows begin on {known.first_detail_day}."
    return None


def is_whole(step: str, question: Question, days: Range) -> bool:
    """Return whether people who are counted once a step are counted once in each row of the answer."""
    if not begins(step, days.first):
        return False
    if step not in question.dimensions:
        return step != "time:hour" and start_of_step(step, days.last) == days.first
    compare = question.compare
    # Where days are moved, a step must become a step.
    return compare is None or days is not compare.range or step not in SHIFTS or SHIFTS[step](compare)


SHIFTS: dict[str, Callable[[Compare], bool]] = {
    "time:week": lambda compare: not compare.is_year and compare.days % 7 == 0,
    "time:month": lambda compare: compare.is_year,
}


def begins(step: str, day: date) -> bool:
    return start_of_step(step, day) == day


def start_of_step(step: str, day: date) -> date:
    """Return the first day of the step of time that a day is in."""
    if step == "time:week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "time:month" else day


def capped_tables(question: Question) -> list[tuple[Table, str]]:
    """Return the tables that might answer, and the dimension for which it matters whether they have rows (other)."""
    facts = {METRICS[name].fact for name in question.metrics}
    return [
        (table, name)
        for table in TABLES
        if table.fact in facts and set(question.used) <= table.columns.keys()
        for name in table.capped
        if name in question.used
    ]
