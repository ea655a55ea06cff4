"""Which days must be built: those whose raw events are not the ones that their marts were made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from orchestration.resources.postgres import connect

RAW_DAYS = (Path(__file__).parent / "raw_days.sql").read_bytes()
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayRange:
    """Consecutive UTC days, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def stale_ranges(database_url: str, always: Collection[date] = ()) -> list[DayRange]:
    """The days that must be built, and those of ``always``, as few ranges, oldest first.

    Where nothing has been built yet, that is today at least: empty marts can be looked at, absent ones cannot.
    """
    with connect(database_url) as connection:
        raw = dict(connection.execute(RAW_DAYS).fetchall())
        built = built_days(connection)
    if built is None:
        return ranges({*raw, *always, datetime.now(UTC).date()})
    changed = {day for day in raw.keys() | built.keys() if raw.get(day) != built.get(day)}
    return ranges(touched_days(changed, raw.keys() | built.keys()).union(always))


def built_days(connection: psycopg.Connection) -> dict[date, int] | None:
    """How many events the marts of each day were made of; None before the first build."""
    try:
        with connection.transaction():
            return dict(connection.execute("select day, events from marts.built_days").fetchall())
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return None


def touched_days(changed: Collection[date], known: Collection[date]) -> set[date]:
    """``changed`` and the ``known`` days that may change with them.

    A session belongs to the day on which it starts and lasts 24 hours at most, so an event may lengthen a session of
    the day before; and it may join or part sessions of the day after, and through those of the next (see
    int_events_sessionized).
    """
    offsets = [timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    return {day + offset for day in changed for offset in offsets if offset == timedelta() or day + offset in known}


def ranges(days: Iterable[date]) -> list[DayRange]:
    """``days`` as runs of consecutive days."""
    found: list[DayRange] = []
    for day in sorted(days):
        if found and found[-1].last + ONE_DAY == day:
            found[-1] = DayRange(found[-1].first, day)
        else:
            found.append(DayRange(day, day))
    return found
