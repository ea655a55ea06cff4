"""Erasures whose bytes may still be in PostgreSQL's files: ``ops.unfinished_erasures``, which outlives a crash."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import psycopg

from orchestration.resources.postgres import connect
from orchestration.rollups.stale_days import built_days
from orchestration.upkeep.freed_space import rewrite_tables


@dataclass(frozen=True)
class Unfinished:
    """An erasure, and the UTC days whose events or marts it is about."""

    erasure_id: int
    days: list[date]


def note_erasure(connection: psycopg.Connection, days: Collection[date]) -> None:
    """Keep, in the erasing transaction, that bytes of these days and of other tables of visitors are to be freed."""
    connection.execute("insert into ops.unfinished_erasures (days) values (%s)", [sorted(days)])


def unfinished_erasures(connection: psycopg.Connection) -> list[Unfinished]:
    rows = connection.execute("select erasure_id, days from ops.unfinished_erasures order by erasure_id").fetchall()
    return [Unfinished(*row) for row in rows]


def days_not_built(connection: psycopg.Connection, erasures: Iterable[Unfinished]) -> set[date]:
    """Return those of their days whose marts may still know of the visitor."""
    built = built_days(connection) or {}
    # Below 0 is NOT_BUILT, or that a build has begun.
    return {day for it in erasures for day in it.days if day in built and built[day].events < 0}


def free_bytes(database_url: str) -> bool:
    """Write the tables of unfinished erasures again; return whether there were any.

    Where marts still have to be built without the visitor, the erasure stays unfinished: the build leaves bytes, too.
    Raises DogearError if a table cannot be written now; all stay unfinished then.
    """
    with connect(database_url) as connection:
        erasures = unfinished_erasures(connection)
        waiting = days_not_built(connection, erasures)
    if not erasures:
        return False
    rewrite_tables(database_url, sorted({day for it in erasures for day in it.days}))
    # Only those that were there before: another may have been recorded meanwhile.
    finished = [it.erasure_id for it in erasures if waiting.isdisjoint(it.days)]
    with connect(database_url) as connection:
        connection.execute("delete from ops.unfinished_erasures where erasure_id = any(%s)", [finished])
    return True
