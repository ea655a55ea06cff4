"""Thousands of streams of events: the marts say of each what a model in plain Python says."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from orchestration.days import DayRange
from tests.rollups.building import MARTS, Warehouse
from tests.rollups.event_streams import on_site, streams
from tests.rollups.rollup_model import Row, marts_of, rounded
from tests.rollups.session_model import Event

STREAMS = 2000
Stream = list[Event]
# The later range first: neither may lean on what the other has left.
RANGES = [
    DayRange(date(2026, 3, 3), date(2038, 1, 31)),
    DayRange(date(1990, 1, 1), date(2026, 3, 2)),
]


def generated(count: int) -> list[Stream]:
    """So many streams, the same each time, each a site of its own."""
    found: list[Stream] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(streams())
    def collect(stream: Stream) -> None:
        found.append(on_site(stream, f"site-{len(found)}"))

    collect()
    return found


def disagreements(warehouse: Warehouse, streams: Sequence[Stream]) -> list[tuple[Stream, str]]:
    """The streams for which marts and model differ, and how."""
    warehouse.empty()
    warehouse.load(event for stream in streams for event in stream)
    warehouse.build(*RANGES)
    found: dict[str, dict[str, list[Row]]] = {name: {} for name in MARTS}
    for name, question in MARTS.items():
        for site, *row in warehouse.rows(question):
            found[name].setdefault(site, []).append(tuple(comparable(value) for value in row))
    problems: list[tuple[Stream, str]] = []
    for stream in streams:
        site = stream[0].site
        for name, expected in marts_of(stream).items():
            if problem := difference(name, expected, found[name].get(site, [])):
                problems.append((stream, problem))
                break
    return problems


def comparable(value: Any) -> Any:
    return rounded(value) if isinstance(value, float) else value


def difference(name: str, expected: list[Row], found: list[Row]) -> str:
    missing, surplus = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    lines = [f"only the model: {row}" for row in missing] + [f"only the mart:  {row}" for row in surplus]
    return "\n".join([f"{name}:", *lines]) if lines else ""


def smallest(warehouse: Warehouse, problems: list[tuple[Stream, str]]) -> tuple[Stream, str]:
    """The shortest stream for which the two differ, with as few events as show it: all ways to leave out one event,
    or half of them, are built at once."""
    while True:
        stream, problem = min(problems, key=lambda it: len(it[0]))
        half = len(stream) // 2
        smaller = [[*stream[:place], *stream[place + 1 :]] for place in range(len(stream))]
        smaller += [stream[:half], stream[half:]] if half > 1 else []
        problems = disagreements(warehouse, [on_site(it, f"less-{n}") for n, it in enumerate(smaller) if it])
        if not problems:
            return stream, problem


def test_sessions_and_rollups_of_thousands_of_streams_are_those_of_the_model(warehouse: Warehouse):
    problems = disagreements(warehouse, generated(STREAMS))
    if problems:
        stream, problem = smallest(warehouse, problems)
        shown = "\n".join(repr(event) for event in stream)
        raise AssertionError(f"{len(problems)} streams disagree. The smallest:\n{shown}\n{problem}")
