"""Which days must be built: those whose raw events are not the ones that their marts were made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project, tables_of_days

RAW_DAYS = (Path(__file__).parent / "raw_days.sql").read_bytes()
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayRange:
    """Consecutive UTC days, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def days_to_build(database_url: str, home: Path, always: Collection[date] = ()) -> list[DayRange]:
    """``stale_ranges`` of the tables of the dbt project."""
    return stale_ranges(database_url, tables_of_days(parsed_project(database_url, home)), always)


def stale_ranges(database_url: str, tables: Collection[str], always: Collection[date] = ()) -> list[DayRange]:
    """The days that must be built, and those of ``always``, as few ranges, oldest first.

    ``tables`` are those that hold the days ("marts.analytics_sessions"); where one is missing, no day is built. Where
    there are no events either, that is today: empty marts can be looked at, absent ones cannot.
    """
    with connect(database_url) as connection:
        raw = dict(connection.execute(RAW_DAYS).fetchall())
        built = None if missing_tables(connection, tables) else built_days(connection)
    if built is None:
        return ranges({*raw, *always} or {datetime.now(UTC).date()})
    changed = {day for day in raw.keys() | built.keys() if raw.get(day) != built.get(day)}
    return ranges(touched_days(changed, raw.keys() | built.keys()).union(always))


def missing_tables(connection: psycopg.Connection, tables: Collection[str]) -> list[str]:
    """Those of ``tables`` that are not there, because they never were or because somebody dropped them."""
    question = "select name from unnest(%s::text[]) as name where to_regclass(name) is null"
    return [name for (name,) in connection.execute(question, [list(tables)])]


def forget_days(connection: psycopg.Connection, days: DayRange, tables: Collection[str]) -> None:
    """Let ``days`` count as not built until they are; every day, where one of ``tables`` must be made anew.

    So a build that dies halfway is made good by the next.
    """
    if built_days(connection) is None:
        return
    anew = bool(missing_tables(connection, tables))
    connection.execute("delete from marts.built_days where %s or day between %s and %s", [anew, days.first, days.last])


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
    int_event_sessions).
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
