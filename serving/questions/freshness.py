"""How far the marts follow what was collected, and what the router must know of them."""

from datetime import date, datetime
from typing import Any

import msgspec

from serving.questions.calendar import end_of
from serving.questions.conditions import Values
from serving.questions.engines import Engine
from serving.questions.faults import NotBuiltError
from serving.questions.question import Question, Range
from serving.questions.router import capped_tables
from serving.questions.tables import Known

# Within the scope of who asks: since when others have visits is theirs to know.
FIRST_DAY = "select min(date) from marts.analytics_daily_sites"
# A page view of the first day that is kept may belong to a session of the day before, which is not.
FRESHNESS = """
    select data_version, first_day, fresh_until, stale_days, now(), analytics.detail_begins() + 1
    from analytics.get_freshness()
"""


class Freshness(msgspec.Struct, frozen=True):
    """How far the marts are: ``data_version`` is another one after each build, and until ``fresh_until`` nothing is
    missing. Of ``stale_days`` there are events that the marts do not count yet. ``asked_at`` is when that was so.
    Rows of detail are in PostgreSQL from ``first_detail_day`` on.
    """

    data_version: str
    first_day: date
    fresh_until: datetime
    stale_days: tuple[date, ...]
    asked_at: datetime
    first_detail_day: date

    def is_complete(self, found: Range) -> bool:
        """Return whether a range is over, and its marts hold all that was collected of it."""
        is_stale = any(found.first <= day <= found.last for day in self.stale_days)
        return end_of(found.last) <= self.asked_at and not is_stale


async def read_freshness(engine: Engine, today: date) -> Freshness:
    """Return it. Raises NotBuiltError before the first build."""
    rows = await engine.rows(FRESHNESS, [])
    if not rows:
        raise NotBuiltError
    version, first_day, fresh_until, stale_days, now, first_detail_day = rows[0]
    first_day = first_day or today
    return Freshness(version, first_day, fresh_until or now, tuple(stale_days), now, first_detail_day or first_day)


async def read_first_day(engine: Engine, today: date) -> date:
    """Return the first day that has visits for who asks; today where there are none."""
    ((first_day,),) = await engine.rows(FIRST_DAY, [])
    return first_day or today


async def read_known(engine: Engine, question: Question, freshness: Freshness) -> Known:
    """Return what the router must know for this question."""
    values, checks, names = Values(), list[str](), list[tuple[str, str]]()
    days = [question.range, *([question.compare.range] if question.compare else [])]
    first, last = values.add(min(one.first for one in days)), values.add(max(one.last for one in days))
    for table, dimension in capped_tables(question):
        where = [f"{table.day} between {first} and {last}", *table.where, table.capped[dimension]]
        names.append((table.title, dimension))
        rows = f"select 1 from {engine.relation(table.name)} as t where {' and '.join(where)}"  # noqa: S608 - names of ours
        checks.append(f"exists({rows})")
    found: Any = (await engine.rows(f"select {', '.join(checks)}", values.list))[0] if checks else ()
    return Known(
        first_day=freshness.first_day,
        first_detail_day=freshness.first_detail_day,
        capped=frozenset(name for name, is_capped in zip(names, found, strict=True) if is_capped),
    )
