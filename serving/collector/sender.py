"""The sender of a request, and the visitor that it stands for: the last place that sees an address."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestration.events.journal.journal_line import Visitor

MINUTES_AFTER_MIDNIGHT = 30
ONE_DAY = timedelta(days=1)

Salt = Callable[[date], bytes]


@dataclass(frozen=True)
class Sender:
    """The sender of a request, and its site. ``address`` and ``user_agent`` go no further than this process."""

    site: str
    user_code: str
    address: str
    user_agent: str
    is_trusted: bool = False
    country_code: str | None = None
    region: str | None = None
    city: str | None = None


def visitors_of(times: Collection[datetime], sender: Sender, salt: Salt) -> list[Visitor]:
    """Return the visitor on each UTC day of these times (UTC); mostly it is one."""
    first, day = min(times), max(times).date()
    if first.date() == day:
        return [visitor_of(day, sender, salt, with_previous=is_early(first))]
    days: dict[date, bool] = {}
    for at in times:
        day = at.date()
        days[day] = days.get(day, False) or is_early(at)
    return [visitor_of(day, sender, salt, with_previous=early) for day, early in sorted(days.items())]


def is_early(at: datetime) -> bool:
    """Return whether the time is so soon after midnight that its session may have begun the day before."""
    return at.hour == 0 and at.minute < MINUTES_AFTER_MIDNIGHT


def visitor_of(day: date, sender: Sender, salt: Salt, *, with_previous: bool) -> Visitor:
    previous = hashed_visitor(salt(day - ONE_DAY), sender) if with_previous else None
    return Visitor(day, hashed_visitor(salt(day), sender), previous)


def hashed_visitor(salt: bytes, sender: Sender) -> str:
    """As the macro of this name in duckdb_macros.sql does for logs."""
    parts = (salt.hex().upper(), sender.site, sender.address, sender.user_agent)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
