"""A question, read and checked. Every name in it is one of the catalogue's."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from serving.questions.calendar import end_of, start_of

Operator = Literal["is", "is_not", "contains", "starts_with", "matches", "gt", "gte", "lt", "lte", "is_set"]
Format = Literal["json", "ndjson", "csv"]
MOST_ROWS = 10_000
ROWS = 1_000


class Range(msgspec.Struct, frozen=True):
    """Days from ``first`` to ``last``; of these only instants from ``since`` until before ``until``, where said."""

    first: date
    last: date
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_whole_days(self) -> bool:
        return self.since is None

    @property
    def start(self) -> datetime:
        return self.since or start_of(self.first)

    @property
    def end(self) -> datetime:
        """Return the first instant after it."""
        return self.until or end_of(self.last)


class Condition(msgspec.Struct, frozen=True):
    """``name`` (a dimension or a metric) compared with values; one of them must fit."""

    operator: Operator
    name: str
    values: tuple[str | int | float, ...] = ()


class Both(msgspec.Struct, frozen=True):
    """``and``: all of it; ``or``: some of it; ``not``: none of its one part."""

    operator: Literal["and", "or", "not"]
    parts: "tuple[Filter, ...]"


Filter = Condition | Both


class Compare(msgspec.Struct, frozen=True):
    """Another range; a day of it, moved by ``days`` or a year, is the day that it is compared with.

    ``to`` and ``match`` are how it was asked for.
    """

    range: Range
    to: str | None = None
    match: str = "date"
    days: int = 0
    is_year: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, with nothing left open. ``sites``: None is all that the caller may see."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    range: Range
    sites: tuple[str, ...] | None = None
    filters: Filter | None = None
    having: Filter | None = None
    order_by: tuple[tuple[str, str], ...] = ()
    compare: Compare | None = None
    fill: bool = True
    include: tuple[str, ...] = ()
    limit: int = ROWS
    cursor: str | None = None
    explain: bool = False
    format: Format = "json"

    @property
    def time(self) -> str | None:
        """Return the dimension of time, where there is one."""
        return next((name for name in self.dimensions if name.startswith("time:")), None)

    @property
    def used(self) -> tuple[str, ...]:
        """Return the dimensions that it groups or filters by."""
        return tuple(dict.fromkeys([*self.dimensions, *names_of(self.filters)]))

    @property
    def order(self) -> tuple[tuple[str, str], ...]:
        """Return what rows are ordered by: by default time, else the first metric; at the end all dimensions, so that
        each row has one place."""
        first = self.order_by or (((self.time, "asc"),) if self.time else ((self.metrics[0], "desc"),))
        there = {name for name, _ in first}
        return (*first, *((name, "asc") for name in self.dimensions if name not in there))

    @property
    def is_filled(self) -> bool:
        """Whether there is a row for each step of time. Not beside weekdays: a day has one, and no others."""
        return self.fill and self.time is not None and not {"hour", "weekday"} & set(self.dimensions)


def names_of(found: Filter | None) -> list[str]:
    """Return the names in a filter."""
    if found is None:
        return []
    return [found.name] if isinstance(found, Condition) else [name for part in found.parts for name in names_of(part)]


def written(found: Filter | None) -> Any:
    """Return a filter as questions have it."""
    if found is None:
        return None
    if isinstance(found, Condition):
        values = [] if found.operator == "is_set" else [list(found.values)]
        return [found.operator, found.name, *values]
    parts = [written(part) for part in found.parts]
    return ["not", *parts] if found.operator == "not" else [found.operator, parts]


def resolved(question: Question) -> dict[str, Any]:
    """Return a question with everything that it left open filled in, as it may be asked again."""
    return {
        "sites": question.sites,
        "metrics": question.metrics,
        "dimensions": question.dimensions,
        "range": range_written(question.range),
        "filters": written(question.filters),
        "having": written(question.having),
        "compare": compare_written(question.compare),
        "order_by": question.order,
        "fill": question.fill,
        "include": question.include,
        "limit": question.limit,
    }


def range_written(found: Range) -> list[str]:
    if found.is_whole_days:
        return [found.first.isoformat(), found.last.isoformat()]
    return [found.start.isoformat(), found.end.isoformat()]


def compare_written(found: Compare | None) -> Any:
    return found and {"to": found.to or range_written(found.range), "match": found.match}
