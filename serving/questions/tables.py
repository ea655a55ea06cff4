"""How a table answers questions: its columns by dimension, its sums by measure. ``rollups`` and ``details`` list them.

In the SQL here ``t`` is the table, ``{s}`` the row of its session, ``{shift}`` what moves a day to the one that it is
compared with, ``{clock}`` the instant as clocks show it in UTC. It is the same for each engine; what engines say
differently is in ``engines``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

Source = Literal["rollup", "detail"]
# Of these a page view without a path has none: questions by them are about views of pages.
OF_PAGES = frozenset({"page", "document", "content_type", "version"})


class Column(msgspec.Struct, frozen=True):
    """SQL of a dimension's value, and the names in JOINS of what it needs."""

    sql: str
    joins: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A mart as one fact sees it.

    ``day`` is the column of its day, ``instant`` that of the time. ``measures`` are aggregates; ``person`` is counted
    distinct in their place. ``whole``: its measures are of each such step of time from its first day on, and cannot be
    added up over several. ``needs``: it has rows of these alone, so questions without any of them are not for it.
    ``capped``: values that share rows named (other), by the condition that is true for such a row.
    """

    name: str
    fact: str
    source: Source
    day: str
    instant: str | None = None
    columns: Mapping[str, Column]
    measures: Mapping[str, str]
    person: str | None = None
    also_from: str = ""
    where: tuple[str, ...] = ()
    where_of_pages: str | None = None
    whole: str | None = None
    needs: frozenset[str] = frozenset()
    capped: Mapping[str, str] = {}
    label: str = ""

    @property
    def title(self) -> str:
        """Return the name of the mart, and which of its rows."""
        return f"{self.name} ({self.label})" if self.label else self.name


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the router must know of the data.

    ``first_day`` is the first day that has events, ``first_detail_day`` the first whose rows of detail are there, with
    the sessions that began the day before. ``capped`` are tables and dimensions that have rows named (other).
    """

    first_day: date
    first_detail_day: date
    capped: frozenset[tuple[str, str]] = frozenset()


JOINS = {
    # Sessions last a day at most.
    "session": (
        "left join {analytics_sessions} as s on s.session_id = t.session_id and s.session_day = t.session_day"
        " and s.session_day between {day_before} and {last_day}"
    ),
    "document": (
        "left join {documents} as document on document.site = t.site and document.content_id = t.entity_id"
        " and t.entity_type <> 'page'"
    ),
    "entry": (
        "left join {documents} as entry on entry.site = {s}.site and entry.content_id = {s}.entry_entity_id"
        " and {s}.entry_entity_type <> 'page'"
    ),
    "exit": (
        "left join {documents} as ending on ending.site = {s}.site and ending.content_id = {s}.exit_entity_id"
        " and {s}.exit_entity_type <> 'page'"
    ),
}
DOUBLE = frozenset({"engaged_seconds", "seconds_on_page", "load_time_p50", "load_time_p75", "load_time_p95"})


def type_of(measure: str) -> str:
    return "double precision" if measure in DOUBLE else "bigint"


def total(column: str) -> str:
    return f"cast(sum({column}) as bigint)"


def exact_sum(column: str) -> str:
    """Return the sum of fractions, each to the millionth: the same in any order of the rows (dbt's macro exact_sum)."""
    return f"(sum(cast(cast({column} * 1000000 as bigint) as double precision)) / 1000000)"


def of_days(day: str) -> dict[str, Column]:
    """Return the dimensions of time that a day has."""
    moved = f"cast({day}{{shift}} as date)"
    return {
        "time:day": Column(moved),
        "time:week": Column(f"cast(date_trunc('week', {moved}) as date)"),
        "time:month": Column(f"cast(date_trunc('month', {moved}) as date)"),
        "weekday": Column(f"cast(extract(isodow from {day}) as integer)"),
    }


def of_instants(day: str) -> dict[str, Column]:
    """Return the dimensions of time that rows with an instant have."""
    return {
        **of_days(day),
        "time:hour": Column("(date_trunc('hour', {clock}){shift})"),
        "hour": Column("cast(extract(hour from {clock}) as integer)"),
    }


def known(sql: str) -> str:
    """Return SQL that is NULL for what is not known: some columns have '' for it."""
    return f"nullif({sql}, '')"


def page(entity: str, path: str, documents: str) -> str:
    """Return SQL of a page's path. What shares a row named (other) has its own path in the rows of detail."""
    canonical = f"regexp_replace({path}, '(?:(?:/index)?\\.+(?:html?|xhtml|php|aspx?)|/)+$', '')"
    is_shared = f"{entity} = '(other)' and {path} is not null"
    own = f"case when {is_shared} then coalesce({known(canonical)}, '/') else {entity} end"
    return f"coalesce({documents}.url_path, {own})"
