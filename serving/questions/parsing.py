"""From what a program sent to a question: every member is checked, and all faults are found at once."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, get_args

from serving.questions.catalogue import Dimension, Metric, Type
from serving.questions.dimensions import DIMENSIONS
from serving.questions.faults import Fault, Faults, QuestionError, at
from serving.questions.filters import FilterReader
from serving.questions.metrics import METRICS
from serving.questions.question import MOST_ROWS, ROWS, Compare, Format, Question, Range
from serving.questions.ranges import read_compare, read_range

MOST_DIMENSIONS, MOST_SITES, LONGEST_CURSOR = 8, 1_000, 500
MEMBERS = (
    *(
        "sites",
        "metrics",
        "dimensions",
        "range",
        "filters",
        "having",
        "order_by",
        "compare",
        "fill",
        "include",
        "limit",
    ),
    *("cursor", "explain", "format"),
)
INCLUDED = ("totals", "row_count")
DIRECTIONS = ("asc", "desc")
FORMATS: tuple[Format, ...] = get_args(Format)
MOST_BUCKETS = 50_000
# At least so long, in days.
LENGTHS = {"time:hour": 1 / 24, "time:day": 1, "time:week": 7, "time:month": 28}


def parse(said: Any, *, today: date, first_day: date) -> Question:
    """Return the question. Raises QuestionError with all that is wrong."""
    if not isinstance(said, dict):
        raise QuestionError(Fault("wrong_type", "", "A question is an object."))
    return _Parser(said, today, first_day).question()


class _Parser:
    def __init__(self, said: Mapping[str, Any], today: date, first_day: date) -> None:
        self._said, self._today, self._first_day = said, today, first_day
        self._faults = Faults()

    def question(self) -> Question:
        for name in self._said:
            if name not in MEMBERS:
                self._faults.add("unknown_member", at("", name), "A question has no such member.", MEMBERS)
        metrics = self._names("metrics", "metric", METRICS, least=1)
        dimensions = self._names("dimensions", "dimension", DIMENSIONS)
        times = [name for name in dimensions if name.startswith("time:")]
        if len(times) > 1:
            self._faults.add("not_together", "/dimensions", "A question has one dimension of time.")
        if len(dimensions) > MOST_DIMENSIONS:
            self._faults.add("too_many", "/dimensions", f"A question has at most {MOST_DIMENSIONS} dimensions.")
        found = self._range()
        self._check_buckets(found, times)
        filtered: dict[str, Type] = {name: one.type for name, one in DIMENSIONS.items() if not one.is_time}
        having: dict[str, Type] = {name: METRICS[name].type for name in metrics}
        compare = self._compare(found, times)
        question = Question(
            metrics=metrics,
            dimensions=dimensions,
            range=found or Range(self._today, self._today),
            sites=self._sites(),
            filters=FilterReader(filtered, "dimension", self._faults).read(self._said.get("filters"), "/filters"),
            having=FilterReader(having, "metric", self._faults).read(self._said.get("having"), "/having"),
            order_by=self._order(metrics, dimensions),
            compare=compare,
            fill=self._flag("fill", default=True),
            include=self._choices("include", INCLUDED),
            limit=self._limit(),
            cursor=self._cursor(),
            explain=self._flag("explain", default=False),
            format=self._format(),
        )
        self._faults.raise_any()
        return question

    def _list(self, name: str) -> list[Any]:
        said = self._said.get(name)
        if said is None:
            return []
        if isinstance(said, list):
            return said
        self._faults.add("wrong_type", at("", name), "It is a list.")
        return []

    def _names(
        self, member: str, kind: str, known: Mapping[str, Metric] | Mapping[str, Dimension], least: int = 0
    ) -> tuple[str, ...]:
        said = self._list(member)
        names: list[str] = []
        if len(said) > len(known):
            self._faults.add("too_many", at("", member), f"There are {len(known)} of them.", known)
            return ()
        for place, name in enumerate(said):
            if not isinstance(name, str) or name not in known:
                self._faults.add(f"unknown_{kind}", at(at("", member), place), f"There is no such {kind}.", known)
            elif name in names:
                self._faults.add("repeated", at(at("", member), place), f"It is asked for already: {name}.")
            else:
                names.append(name)
        if len(said) < least:
            self._faults.add("missing", at("", member), f"A question names at least one {kind}.", known)
        return tuple(names)

    def _range(self) -> Range | None:
        if "range" not in self._said:
            self._faults.add("missing", "/range", "A question has a range, such as 28d.")
            return None
        return read_range(self._said["range"], "/range", self._today, self._first_day, self._faults)

    def _compare(self, found: Range | None, times: list[str]) -> Compare | None:
        said = self._said.get("compare")
        if said is None or found is None:
            return None
        compare = read_compare(said, "/compare", found, self._faults)
        if compare and times and not compare.is_year and length(compare.range) != length(found):
            self._faults.add("not_together", "/compare", f"By {times[0]}, ranges of as many days are compared.")
        return compare

    def _check_buckets(self, found: Range | None, times: list[str]) -> None:
        days = length(found) if found else 0
        if times and days / LENGTHS[times[0]] > MOST_BUCKETS:
            detail = (
                f"That is more than {MOST_BUCKETS:,} steps of {times[0]}: ask for a shorter range, or for longer steps."
            )
            self._faults.add("too_many", "/range", detail)

    def _sites(self) -> tuple[str, ...] | None:
        if self._said.get("sites") is None:
            return None
        sites = self._list("sites")
        if not 1 <= len(sites) <= MOST_SITES or not all(isinstance(site, str) and "\0" not in site for site in sites):
            detail = f"It is a list of 1 to {MOST_SITES} names; without it, all sites that you may see are asked about."
            self._faults.add("wrong_type", "/sites", detail)
            return None
        return tuple(dict.fromkeys(sites))

    def _order(self, metrics: Collection[str], dimensions: Collection[str]) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        allowed = (*metrics, *dimensions)
        for place, said in enumerate(self._list("order_by")[: len(allowed) + 1]):
            pointer = at("/order_by", place)
            if not isinstance(said, list) or len(said) != 2:
                self._faults.add("wrong_type", pointer, 'It is a pair, such as ["visitors", "desc"].')
            elif not isinstance(said[0], str) or said[0] not in allowed:
                self._faults.add("not_asked", at(pointer, 0), "Rows are ordered by what is asked for.", allowed)
            elif not isinstance(said[1], str) or said[1] not in DIRECTIONS:
                self._faults.add("unknown_value", at(pointer, 1), "It goes up or down.", DIRECTIONS)
            elif said[0] in {name for name, _ in found}:
                self._faults.add("repeated", at(pointer, 0), "Rows are ordered by it already.")
            else:
                found.append((said[0], said[1]))
        return tuple(found)

    def _flag(self, name: str, *, default: bool) -> bool:
        said = self._said.get(name, default)
        if not isinstance(said, bool):
            self._faults.add("wrong_type", at("", name), "It is true or false.", ("true", "false"))
            return default
        return said

    def _choices(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        said = self._list(name)
        for place, choice in enumerate(said[: len(allowed) + 1]):
            if not isinstance(choice, str) or choice not in allowed:
                self._faults.add("unknown_value", at(at("", name), place), "That cannot be included.", allowed)
        return tuple(one for one in allowed if one in said)

    def _limit(self) -> int:
        said = self._said.get("limit", ROWS)
        if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= MOST_ROWS:
            self._faults.add(
                "out_of_range", "/limit", f"It is a number from 1 to {MOST_ROWS:,}; `next` reads on from there."
            )
            return ROWS
        return said

    def _cursor(self) -> str | None:
        said = self._said.get("cursor")
        if said is not None and (not isinstance(said, str) or len(said) > LONGEST_CURSOR):
            self._faults.add("invalid_cursor", "/cursor", "It is the `next` of an answer to the same question.")
            return None
        return said

    def _format(self) -> Format:
        said = self._said.get("format", "json")
        for found in FORMATS:
            if found == said:
                return found
        self._faults.add("unknown_value", "/format", "There is no such format.", FORMATS)
        return "json"


def length(found: Range) -> int:
    """Return how many days a range has."""
    return (found.last - found.first).days + 1
