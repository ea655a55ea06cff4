"""Which days must be built: those whose events, documents or rules differ from what their marts were built from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg

from orchestration.days import ONE_DAY, DayRange, ranges, today
from orchestration.events.event import LONGEST_DELAY
from orchestration.lake.days import NOT_BUILT
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import day_columns, parsed_project
from orchestration.rollups.outdated_tables import outdated_tables
from orchestration.rollups.session_rules import session_rules
from orchestration.settings import Settings

RAW_DAYS = (Path(__file__).parent / "raw_days.sql").read_bytes()
CONTENT_STATE = (Path(__file__).parent / "content_state.sql").read_bytes()
OTHER_CONTENT = "intermediate.int_days_of_other_content"
# Stored in place of the number of events, as NOT_BUILT is: a build has begun, which covers the days that the day's
# sessions reach itself; with one value for both, each failed build would add days.
BEGUN = -2
# Between two builds of a past day that strangers can still reach.
PAUSE_OF_PAST_DAYS = timedelta(hours=1)


def days_to_build(
    database_url: str,
    settings: Settings,
    always: Collection[date] = (),
    *,
    waiting: Collection[date] = (),
    look_at_content: bool = True,
) -> list[DayRange]:
    """Return ``stale_ranges`` of the tables of the dbt project, by the rules of this installation."""
    parsed = parsed_project(database_url, settings)
    with connect(database_url) as connection:
        rules = str(session_rules(connection))
        outdated = outdated_tables(connection, parsed)
    return stale_ranges(
        database_url,
        day_columns(parsed),
        rules,
        always,
        waiting=waiting,
        look_at_content=look_at_content,
        is_outdated=bool(outdated),
    )


def stale_ranges(
    database_url: str,
    tables: Collection[str],
    rules: str,
    always: Collection[date] = (),
    *,
    waiting: Collection[date] = (),
    look_at_content: bool = True,
    is_outdated: bool = False,
) -> list[DayRange]:
    """Return the days that must be built, and those of ``always``, as few ranges, oldest first.

    For the days of ``waiting``, changes of events are ignored, those of content and rules are not.
    ``tables`` are those that hold the days ("marts.analytics_sessions"); if one is missing, or outdated so that the
    next build drops it, no day counts as built. If there are no events either, today is built: people can look at
    empty marts, but not at missing ones.
    """
    with connect(database_url) as connection:
        raw = raw_days(connection)
        built = None if is_outdated or missing_tables(connection, tables) else built_days(connection)
        if built is None:
            return ranges({*raw, *always} or {today()}, raw)
        of_other_rules = days_of_other_rules(built, rules)
        made_of = {day: by.events for day, by in built.items()}
        touched = touched_days(changed_days(raw, made_of).difference(waiting), raw.keys() | built.keys())
        begun = {day for day, events in made_of.items() if events == BEGUN}
        by_events = (touched | begun).difference(waiting)
        # This reads all of history: what each day was built with.
        moved = days_of_other_content(connection) if look_at_content else set[date]()
        return ranges({*by_events, *of_other_rules, *moved, *always}, raw.keys() | built.keys())


def raw_days(connection: psycopg.Connection) -> dict[date, int]:
    """Return how many events of people each day holds."""
    return dict(connection.execute(RAW_DAYS).fetchall())


def days_of_other_content(connection: psycopg.Connection) -> set[date]:
    """Return the days whose page views were built with other documents than now; none before the first build."""
    if missing_tables(connection, [OTHER_CONTENT]):
        return set()
    return {day for (day,) in connection.execute("select day from intermediate.int_days_of_other_content")}


def content_state(connection: psycopg.Connection) -> str:
    """Return a text that differs whenever content has changed."""
    row = connection.execute(CONTENT_STATE).fetchone()
    return str(row[0]) if row else ""


def missing_tables(connection: psycopg.Connection, tables: Collection[str]) -> list[str]:
    """Return those of ``tables`` that are missing, because they never existed or because somebody dropped them."""
    question = "select name from unnest(%s::text[]) as name where to_regclass(name) is null"
    return [name for (name,) in connection.execute(question, [list(tables)])]


def forget_days(connection: psycopg.Connection, days: DayRange, tables: Collection[str]) -> None:
    """Mark ``days`` as not built until they are; every day, if one of ``tables`` must be created again.

    So the next build repairs one that dies halfway. The days around them that their events have changed are marked
    too: once the marts hold those events, nothing else shows it.
    """
    built = built_days(connection)
    if built is None:
        return
    all_days, raw = bool(missing_tables(connection, tables)), raw_days(connection)
    changed = changed_days(raw, {day: by.events for day, by in built.items()})
    touched = touched_days({day for day in changed if days.first <= day <= days.last}, raw.keys() | built.keys())
    connection.execute(
        "update marts.built_days set events = %s where %s or day between %s and %s or day = any(%s)",
        [BEGUN, all_days, days.first, days.last, list(touched)],
    )


@dataclass(frozen=True)
class Built:
    """From how many events of people the marts of a day were built, by which rules of sessions, and when."""

    events: int
    rules: str
    at: datetime


def built_days(connection: psycopg.Connection) -> dict[date, Built] | None:
    """Return what the marts of each day were built from; None before the first build."""
    try:
        with connection.transaction():
            rows = connection.execute("select day, events, rules, built_at from marts.built_days").fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedColumn):
        # An older version's table lacks columns: outdated_tables.py
        return None
    return {day: Built(events, rules, at) for day, events, rules, at in rows}


def waiting_days(built: Mapping[date, Built], now: datetime) -> set[date]:
    """Return the days that a sensor leaves for later: past, in reach of strangers, and built within the hour.

    People look at today and yesterday. Days before the last week change only by an operator, and so does a day
    that is marked as not built. Anybody could make the others stale each minute by sending one event for each.
    """
    oldest, newest = now.date() - LONGEST_DELAY - 2 * ONE_DAY, now.date() - 2 * ONE_DAY
    return {
        day
        for day, by in built.items()
        if oldest <= day <= newest and by.events != NOT_BUILT and now - by.at < PAUSE_OF_PAST_DAYS
    }


def days_of_other_rules(built: Mapping[date, Built], rules: str) -> set[date]:
    """Return the days that were built by other rules of sessions."""
    return {day for day, by in built.items() if by.rules != rules}


def changed_days(raw: Mapping[date, int], made_of: Mapping[date, int]) -> set[date]:
    """Return the days that hold other events than their marts were made of."""
    days = raw.keys() | made_of.keys()
    return {day for day in days if made_of.get(day) not in {raw.get(day), BEGUN}}


def touched_days(changed: Collection[date], known: Collection[date]) -> set[date]:
    """Return ``changed`` and the ``known`` days that may change with them.

    A session belongs to the day on which it starts and lasts 24 hours at most, so an event may lengthen a session of
    the day before; and it may join or part sessions of the day after, and through those of the next (see
    int_event_sessions).
    """
    offsets = [timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    return {day + offset for day in changed for offset in offsets if offset == timedelta() or day + offset in known}
