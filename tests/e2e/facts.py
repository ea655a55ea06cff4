"""Acts put into sessions, and page views with what followed on their page: what all recounts of marts count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from tests.e2e import recount
from tests.e2e.acts import SITE, Act
from tests.e2e.recount_channels import channel_of, coarse
from tests.e2e.recount_content import Pages, Version

ENGAGED_SECONDS = 10


@dataclass(frozen=True)
class Goal:
    """Reached by each act of the kind, on the page or, without one, anywhere."""

    name: str
    kind: str
    path: str | None = None

    def is_reached(self, act: Act) -> bool:
        return act.kind == self.kind and self.path in {None, recount.canonical(act.path)}


@dataclass(frozen=True)
class Visit:
    """A session, all of whose acts stand in order; the first is always a page view."""

    acts: tuple[Act, ...]
    conversions: int

    @property
    def day(self) -> date:
        return self.acts[0].day

    @property
    def paths(self) -> list[str]:
        return [act.path for act in self.acts if act.kind == "page_view"]

    @property
    def last_view(self) -> Act:
        return [act for act in self.acts if act.kind == "page_view"][-1]

    @property
    def is_bounce(self) -> bool:
        return len(self.paths) == 1

    @property
    def seconds(self) -> float:
        return (self.acts[-1].at - self.acts[0].at).total_seconds()

    @property
    def engaged_seconds(self) -> float | None:
        return total(act.data.get("engaged_seconds") for act in self.acts)

    @property
    def is_engaged(self) -> bool:
        engaged = self.seconds if self.engaged_seconds is None else self.engaged_seconds
        return len(self.paths) > 1 or self.conversions > 0 or engaged >= ENGAGED_SECONDS

    @property
    def channel(self) -> str:
        return channel_of(self.acts[0].data, SITE)

    def count(self, kind: str) -> int:
        return sum(act.kind == kind for act in self.acts)


@dataclass(frozen=True)
class PageView:
    """A page view, its place in its session from 1, what followed up to the next, and what it showed.

    ``followed`` begins with the page view itself; ``next_at`` is when the session went on at all.
    """

    act: Act
    visit: Visit
    number: int
    followed: tuple[Act, ...]
    next_at: datetime | None
    entity: str
    is_document: bool
    version: Version | None

    @property
    def seconds(self) -> float | None:
        """What heartbeats say, else the time to the next act of the session, else unknown."""
        engaged = total(act.data.get("engaged_seconds") for act in self.followed)
        return engaged if engaged is not None or not self.next_at else (self.next_at - self.act.at).total_seconds()

    @property
    def depth(self) -> int | None:
        depths = [act.data.get("scroll_depth_percentage") for act in self.followed]
        return max((depth for depth in depths if depth is not None), default=None)

    @property
    def is_entry(self) -> bool:
        return self.number == 1

    @property
    def source(self) -> str:
        return coarse(self.visit.channel)


def total(numbers: Iterable[Any]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class Facts:
    """All that happened on the site, and what it counts as."""

    acts: list[Act]
    pages: Pages
    goals: list[Goal]

    @cached_property
    def visits(self) -> list[Visit]:
        return [
            Visit(tuple(acts), sum(goal.is_reached(act) for act in acts for goal in self.goals))
            for acts in recount.sessions_of(self.acts)
        ]

    @cached_property
    def views(self) -> list[PageView]:
        return [view for visit in self.visits for view in self._views_of(visit)]

    def _views_of(self, visit: Visit) -> Iterable[PageView]:
        places = [place for place, act in enumerate(visit.acts) if act.kind == "page_view"]
        for number, (place, end) in enumerate(pairwise([*places, len(visit.acts)]), start=1):
            act = visit.acts[place]
            entity = self.entity(act)
            next_at = visit.acts[place + 1].at if place + 1 < len(visit.acts) else None
            shown = self.is_document(act), self.pages.live(entity, act.at)
            yield PageView(act, visit, number, visit.acts[place:end], next_at, entity, *shown)

    def entity(self, act: Act) -> str:
        return self.pages.entity(recount.canonical(act.path))

    def is_document(self, act: Act) -> bool:
        return self.entity(act) in self.pages.versions

    def of_kind(self, *kinds: str) -> list[Act]:
        return [act for act in self.acts if act.kind in kinds]

    @cached_property
    def named(self) -> list[Act]:
        """Those of kinds that a site named itself, and reactions."""
        return self.of_kind("like", "comment", "share", "letter_generated")
