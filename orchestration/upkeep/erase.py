"""Erase one visitor from every store, and say what was there.

The visitor is an id: every row with this account_id, client_visitor_id, anonymous_id or previous_anonymous_id is
deleted. Rows under another id of the same person are not searched: an anonymous_id may belong to
several people behind one address.

Rows are deleted in one transaction, which also marks their days as not built, and to be rewritten in the
lake. So after any failure, the next build makes the marts without them, the next export the files, and the
next erasure, of anybody, frees the bytes. Days that have left PostgreSQL are restored from the lake first.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from orchestration.content.sites import all_sites
from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.events.journal.damaged_lines import Named, named_lines, remove_lines
from orchestration.lake.days import alone_in_lake, build_again, export_again
from orchestration.lake.recall import bring_back
from orchestration.lake.visitor_rows import VisitorDay, visitor_days
from orchestration.resources.locks import BUILD, EVENTS, NOTIFICATIONS, take
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from orchestration.upkeep.erased_days import days_in_marts, ranges_to_build
from orchestration.upkeep.unfinished import days_not_built, note_erasure, unfinished_erasures

ERASE = Path(__file__).with_name("erase.sql").read_bytes()
LONGEST_ID = 200
# The locks of other writers of these rows, besides builds: notifications, the collector's loader; then imports.
LOCKS = (NOTIFICATIONS, EVENTS)
TABLES = "lock table raw.events, raw.rejected_events in share row exclusive mode"


@dataclass(frozen=True)
class Visitor:
    """An id of the visitor, and the site; None for every site."""

    id: str
    site: str | None = None

    @property
    def uuid(self) -> UUID | None:
        """The id as an anonymous_id has it, if it can be one."""
        try:
            return UUID(self.id)
        except ValueError:
            return None

    def words(self, sites: Iterable[str]) -> set[str]:
        """Return the forms of the id in texts: as it is, in JSON, and the journal's form of a UUID and an e-mail."""
        hashes = {f"hashed-{sha256(f'{site}|{self.id}'.encode()).hexdigest()[:32]}" for site in sites}
        uuid = {str(self.uuid), self.uuid.hex} if self.uuid else set[str]()
        return {self.id, json.dumps(self.id, ensure_ascii=False)[1:-1], *uuid, *hashes}


@dataclass(frozen=True)
class Removed:
    """Rows deleted from one table, the UTC days of the first and the last, and the days whose marts counted them."""

    table: str
    rows: int
    first: date
    last: date
    days: list[date]


@dataclass(frozen=True)
class Erasure:
    """The deleted rows by table; the days whose marts must be built, and whose files must be written, without them."""

    removed: list[Removed]
    to_build: list[DayRange]
    to_export: list[date]


def from_database(connection: psycopg.Connection, visitor: Visitor) -> list[Removed]:
    """Delete the rows in PostgreSQL and return what was deleted; a rollback restores them."""
    rows = connection.execute(ERASE, {"id": visitor.id, "uuid": visitor.uuid, "site": visitor.site}).fetchall()
    return [Removed(*row) for row in rows]


def check_visitor(database_url: str, visitor: Visitor) -> Visitor:
    """Return ``visitor`` if it is valid. Raises DogearError for an invalid id, and for an unknown site."""
    if not visitor.id.strip() or len(visitor.id) > LONGEST_ID or not visitor.id.isprintable():
        raise DogearError(f"--visitor must have 1 to {LONGEST_ID} characters, all of which can be printed.")
    if visitor.site is not None:
        question = (
            "select from content.sites where site = %s union all (select from raw.events where site = %s limit 1)"
        )
        with connect(database_url) as connection:
            if not connection.execute(question, [visitor.site] * 2).rowcount:
                raise DogearError(f"There is no site {visitor.site[:80]!a}, and no visit to it. See: dogear site list")
    return visitor


def look(database_url: str, settings: Settings, visitor: Visitor, day_columns: Mapping[str, str]) -> Erasure:
    """Return what ``erase`` would do now; change nothing."""
    with connect(database_url) as connection:
        in_lake = visitor_days(connection, settings, visitor.id, visitor.uuid, visitor.site)
        damaged = damaged_lines(database_url, settings, visitor)
        try:
            return erased(connection, visitor, in_lake, damaged, day_columns)
        finally:
            connection.rollback()


def erase(database_url: str, settings: Settings, visitor: Visitor, day_columns: Mapping[str, str]) -> Erasure:
    """Delete what the visitor left. Waits for builds, imports and loads that are under way; others wait for it.

    ``day_columns``: see ``erased_days``. The marts of ``to_build`` are still to be built, the files of ``to_export``
    still to be written.
    """
    with connect(database_url) as connection:
        # Every process that holds both takes them in this order.
        take(connection, BUILD)
        # No day may be dropped, or written, in between.
        with alone_in_lake(database_url) as lake:
            for lock in LOCKS:
                take(connection, lock)
            in_lake = visitor_days(lake, settings, visitor.id, visitor.uuid, visitor.site)
            bring_back(database_url, settings, lake, [day.day for day in in_lake if day.events])
            connection.execute(TABLES)
            damaged = damaged_lines(database_url, settings, visitor)
            done = erased(connection, visitor, in_lake, damaged, day_columns)
            export_again(connection, done.to_export, "a visitor was erased")
            # Who asks later what was erased learns when and how much, and not whose it was.
            details = {"rows": {it.table: it.rows for it in done.removed}, "site": visitor.site}
            connection.execute("select access.note_action(null, 'erased', %s)", [Jsonb(details)])
            # Before the commit, after which another erasure can read them; if it fails, the rows are still found.
            for named in damaged:
                remove_lines(named)
            connection.commit()
        return done


def damaged_lines(database_url: str, settings: Settings, visitor: Visitor) -> list[Named]:
    """Return the lines of the journal that name the visitor and could not be loaded."""
    from orchestration.events.journal.damage import DAMAGED

    sites = [visitor.site] if visitor.site else [site.site for site in all_sites(database_url)]
    return named_lines(settings.journal_folder / DAMAGED, visitor.words(sites), visitor.site)


def erased(
    connection: psycopg.Connection,
    visitor: Visitor,
    in_lake: list[VisitorDay],
    damaged: list[Named],
    day_columns: Mapping[str, str],
) -> Erasure:
    """Delete the rows, in the connection's transaction."""
    removed = from_database(connection, visitor)
    with_events = [day for day in in_lake if day.events]
    if with_events:
        rows = sum(day.events for day in with_events)
        removed.append(Removed("lake.events", rows, with_events[0].day, with_events[-1].day, []))
    if damaged:
        lines, on = sum(named.lines for named in damaged), [named.day for named in damaged]
        removed.append(Removed("journal/damaged", lines, min(on), max(on), []))
    # Summed up again when its mart is refreshed.
    connection.execute("delete from lake.left_visits")
    named = {day.day for day in in_lake if day.in_marts}
    days = named | days_to_clear(connection, visitor, removed, day_columns)
    build_again(connection, days)
    if removed or days:
        note_erasure(connection, days | days_of_events(removed))
    return Erasure(removed, ranges_to_build(connection, days, day_columns), [day.day for day in with_events])


def days_of_events(removed: Iterable[Removed]) -> set[date]:
    """Return each day from the first to the last of the deleted events, from PostgreSQL or the lake."""
    spans = [(it.first, it.last) for it in removed if it.table in {"raw.events", "lake.events"}]
    return {first + timedelta(n) for first, last in spans for n in range((last - first).days + 1)}


def days_to_clear(
    connection: psycopg.Connection, visitor: Visitor, removed: list[Removed], day_columns: Mapping[str, str]
) -> set[date]:
    """Return the days that lost events, those whose marts name the visitor, and earlier erasures' unbuilt days."""
    lost = {day for rows in removed for day in rows.days}
    left = days_not_built(connection, unfinished_erasures(connection))
    return lost | left | days_in_marts(connection, visitor.id, visitor.uuid, visitor.site, day_columns)
