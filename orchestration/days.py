"""Ranges of days, which are built, exported and restored together."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

# No log is older. Every day from here has a partition.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
# How many days without events a range may bridge: recording that they are empty takes less time than another run.
LONGEST_BRIDGE = 14


def today() -> date:
    """Return the site's day that it is now."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class DayRange:
    """Consecutive days, both ends included."""

    first: date
    last: date

    def with_days_around(self, number: int) -> list[date]:
        """Return each of these days, and as many before and after."""
        return [self.first + n * ONE_DAY for n in range(-number, (self.last - self.first).days + number + 1)]

    def in_parts(self, most: int) -> list["DayRange"]:
        """Return ranges of at most so many days, oldest first, which are these days together."""
        starts = range(0, (self.last - self.first).days + 1, most)
        return [
            DayRange(self.first + n * ONE_DAY, min(self.first + (n + most - 1) * ONE_DAY, self.last)) for n in starts
        ]

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def ranges(days: Iterable[date], known: Collection[date]) -> list[DayRange]:
    """Return ``days`` as few ranges, which hold no other of the ``known`` days, and few that hold nothing."""
    found: list[DayRange] = []
    for day in sorted(days):
        if found and is_bridged(found[-1].last, day, known):
            found[-1] = DayRange(found[-1].first, day)
        else:
            found.append(DayRange(day, day))
    return found


def is_bridged(last: date, day: date, known: Collection[date]) -> bool:
    between = (day - last).days - 1
    return between <= LONGEST_BRIDGE and not any(last + n * ONE_DAY in known for n in range(1, between + 1))
