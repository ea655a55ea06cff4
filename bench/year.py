"""Is PostgreSQL's size bounded by the retention, and does a number stay when its days leave?

    .venv/bin/python -m bench.year [days] [events a day] [retention]

In one run, on a PostgreSQL of its own: a month at a time, visits, their marts, their files in the lake, and what is
older than the retention leaves. The size is compared after as many days as are kept, and at the end (1.3 times is
wanted); answers of the first weeks with what they were while these were in PostgreSQL. Then a late event: its day
comes back, is built, is written and leaves again.
"""

import sys
import tempfile
import time
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg

from bench.results import keep
from bench.rollups import Warehouse
from bench.visits import SITE
from orchestration.days import DayRange
from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.retention import let_old_days_leave
from orchestration.lake.tables import TABLES
from orchestration.resources.database import open_database
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.rollups.stale_days import days_to_build
from orchestration.settings import Settings

MONTH = 30
SIZES = """
    select schemas.nspname, sum(pg_total_relation_size(relations.oid))::bigint
    from pg_class as relations
    inner join pg_namespace as schemas on relations.relnamespace = schemas.oid
    where
        relations.relkind in ('r', 'm')
        and schemas.nspname in ('raw', 'days', 'marts', 'intermediate', 'staging', 'lake')
    group by schemas.nspname
    order by 1
"""
QUESTIONS = [
    "analytics.get_site_stats('{site}', '{first}', '{last}', 'weekly')",
    "analytics.get_time_series_data('site', '{site}', '{first}', '{last}', 'weekly')",
    "analytics.get_top_content('{site}', '{first}', '{last}')",
    "analytics.get_top_sources('{site}', '{first}', '{last}')",
    "analytics.get_breakdown('{site}', 'country', '{first}', '{last}')",
    "analytics.get_timeline('{site}', '{first}', '{last}')",
]


class Year:
    """An installation whose clock is the day after the last visits."""

    def __init__(self, url: str, settings: Settings, first: date) -> None:
        self.url, self.settings, self.first = url, settings, first
        self.warehouse = Warehouse(url, settings)

    def add(self, since: int, days: int, events: int) -> None:
        self.warehouse.make(self.first + timedelta(since), days, events)
        self.warehouse.build([DayRange(self.first + timedelta(since), self.first + timedelta(since + days - 1))])
        self.warehouse.build(days_to_build(self.url, self.settings))
        self.let_leave(since + days)

    def let_leave(self, until: int) -> int:
        now = datetime.combine(self.first + timedelta(until), datetime.min.time(), UTC) + timedelta(hours=4)
        engine = open_duckdb(self.settings)
        for table in TABLES.values():
            with psycopg.connect(self.url) as connection:
                wanted = [day.day for day in changed_days(connection, now, table)]
            for _ in export_days(self.url, self.settings, engine, wanted, table) if wanted else ():
                pass
        found = list(let_old_days_leave(self.url, self.settings, engine, now))
        kept = [(day.day, day.kept) for day in found if day.kept]
        assert not kept, kept
        return len(found)

    def sizes(self) -> dict[str, int]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("vacuum analyze")
            return dict(connection.execute(SIZES).fetchall())

    def answers(self, first: date, last: date) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            asked = (question.format(site=SITE, first=first, last=last) for question in QUESTIONS)
            return [connection.execute(f"select * from {question}".encode()).fetchall() for question in asked]


def measure(url: str, settings: Settings, days: int, events: int) -> dict[str, float]:
    first = datetime.now(UTC).date() - timedelta(days)
    year, kept = Year(url, settings, first), settings.retention_days
    # Of the first month; what comes after it does not change them.
    old = (first + timedelta(1), first + timedelta(min(MONTH, kept) - 3))
    size_then: dict[str, int] = {}
    answers: list[Any] = []
    started, done = time.perf_counter(), 0
    while done < days:
        step = min(MONTH, (kept if done < kept else days) - done)
        year.add(done, step, events)
        done += step
        answers = answers or year.answers(*old)
        sizes = year.sizes()
        size_then = sizes if done == kept else size_then
        print(
            f"{done:>5} days, {sum(sizes.values()) / 1e6:,.0f} MB, {time.perf_counter() - started:,.0f} s", flush=True
        )
    size_now = year.sizes()
    assert year.answers(*old) == answers, "a number has changed since its days left"
    ratio = sum(size_now.values()) / sum(size_then.values())
    for when, sizes in ((kept, size_then), (days, size_now)):
        each = ", ".join(f"{schema} {size / 1e6:,.0f}" for schema, size in sizes.items())
        print(f"after {when} days: {sum(sizes.values()) / 1e6:,.0f} MB ({each})")
    print(f"{ratio:.2f} times (1.3 wanted); answers of {old[0]} to {old[1]} are the same")
    late = first + timedelta(days // 6)
    year.warehouse.add_late_event(late)
    seconds, _ = year.warehouse.build(days_to_build(url, settings))
    left = year.let_leave(days)
    print(f"a late event of {late}: built in {seconds:.1f} s, then {left} days left again")
    return {"size, times": ratio, "MB after the retention": sum(size_then.values()) / 1e6, "late event, s": seconds}


def main(days: int = 365, events: int = 50_000, retention: int = 90) -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), database_url=None, lake_url=None, retention_days=retention)
        with redirect_stdout(StringIO()):
            database = open_database(settings)
        with database as url:
            figures = measure(url, settings, days, events)
    keep("year", {"days": days, "events": events, "retention": retention}, figures)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
