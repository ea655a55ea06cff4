"""What is asked of each mart, and the ways of counting that several recounts have in common.

Each recount names the columns that it speaks of; documents are named by their file.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.e2e.acts import SITE
from tests.e2e.facts import Facts, PageView, total

Row = tuple[Any, ...]
Rows = Callable[[Facts], Iterable[Row]]
Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Recount:
    """What to ask the mart, and what must be answered, in any order."""

    columns: str
    rows: Rows


class Marts(dict[str, Recount]):
    """Recounts by the name of their mart."""

    def recount(self, mart: str, columns: str) -> Callable[[Rows], Rows]:
        """Say of a function that it counts the rows of ``mart``, in these columns."""

        def register(rows: Rows) -> Rows:
            self[mart] = Recount(columns, rows)
            return rows

        return register


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def views_by_entity(
    views: Iterable[PageView], key: Callable[[PageView], Hashable]
) -> dict[tuple[Any, str], list[PageView]]:
    """Page views by ``key`` and page, and by ``key`` and the site as a whole."""
    both = [(entity, view) for view in views for entity in (view.entity, SITE)]
    groups = grouped(both, lambda pair: (key(pair[1]), pair[0]))
    return {name: [view for _, view in pairs] for name, pairs in groups.items()}


def timed(views: Iterable[PageView]) -> Row:
    """Seconds on the page, and of how many page views they are known."""
    seconds = [view.seconds for view in views if view.seconds is not None]
    return total(seconds), len(seconds)


def mean(numbers: Iterable[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) if known else None


def entered(views: Iterable[PageView]) -> Row:
    """Sessions that entered here, those that bounced, and their share."""
    bounces = [view.visit.is_bounce for view in views if view.is_entry]
    return len(bounces), sum(bounces), mean(bounces)
