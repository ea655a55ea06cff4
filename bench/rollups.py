"""How long do rollups take, and does one day's rebuild cost the same with a long history as with none?

    .venv/bin/python -m bench.rollups [days] [events a day]

In one run, on a PostgreSQL of its own: a million events to every mart from nothing, with the share of each model; one
day built with no other day behind it, and with all of them; every day as one backfill; a day added; an event that comes
two months late; then bench.dashboard. What is to be reached: 14 s for the million beside
start-up, 1.2 times for the day.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import psycopg

from bench.dashboard import compare
from bench.results import keep
from bench.visits import make_visits
from orchestration.days import DayRange
from orchestration.resources.database import open_database
from orchestration.rollups.dbt_run import NodeResult, dbt_build
from orchestration.rollups.stale_days import days_to_build
from orchestration.settings import Settings

FIRST = date(2026, 3, 1)
MILLION = 1_000_000
SHOWN = 12
LATE = """
    insert into raw.events
    (event_id, occurred_at, event_type, source, site, user_code, client_visitor_id, is_bot, page_path)
    values (
        gen_random_uuid(), %(day)s::date + interval '12 hours', 'page_view', 'bench', 'bench.example', 'bench', 'late',
        false, '/blog/post-1'
    )
"""


class Warehouse:
    """The database and its builds, timed."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url, self.settings = url, settings

    def make(self, first: date, days: int, events: int) -> int:
        with psycopg.connect(self.url) as connection:
            return make_visits(connection, first, days, events)

    def add_late_event(self, day: date) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(LATE, {"day": day})
            connection.execute("insert into raw.day_counts (day, events) values (%s, 1)", [day])

    def empty_marts(self) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("drop schema if exists marts, intermediate, staging cascade")

    def build(self, ranges: Iterable[DayRange]) -> tuple[float, list[NodeResult]]:
        """Seconds from the first model's start, and what each took. dbt's own start-up is left out."""
        seconds, results = 0.0, list[NodeResult]()
        for days in ranges:
            with redirect_stdout(StringIO()):
                started = 0.0
                for result in dbt_build(self.url, self.settings, days):
                    started = started or time.perf_counter() - result.seconds
                    results.append(result)
            seconds += time.perf_counter() - started
        failed = [result for result in results if result.status not in {"success", "pass"}]
        assert not failed, failed
        return seconds, results


def days_from(first: date, days: int) -> list[DayRange]:
    return [DayRange(first, first + timedelta(days=days - 1))]


def show(what: str, seconds: float, more: str = "") -> float:
    print(f"{what:<44}{seconds:8.1f} s   {more}", flush=True)
    return seconds


def show_models(results: list[NodeResult]) -> None:
    """The longest, with their share of what all of them took; several run at a time."""
    whole = sum(result.seconds for result in results)
    models = [result for result in results if not result.unique_id.startswith("test.")]
    for result in sorted(models, key=lambda result: -result.seconds)[:SHOWN]:
        name = result.unique_id.rpartition(".")[2]
        print(
            f"    {name:<40}{result.seconds:8.1f} s   {100 * result.seconds / whole:3.0f} %   {result.rows or 0:,} rows"
        )
    tests = sum(result.seconds for result in results if result.unique_id.startswith("test."))
    print(f"    {'all tests':<40}{tests:8.1f} s   {100 * tests / whole:3.0f} %")


def run(warehouse: Warehouse, days: int, events: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    whole = MILLION // events
    made = warehouse.make(FIRST, whole, events)
    # Everything is imported then.
    warehouse.build(days_from(FIRST - timedelta(days=40), 1))
    warehouse.empty_marts()
    seconds, results = warehouse.build(days_from(FIRST, whole))
    figures["a million, s"] = show(
        f"{made:,} events to every mart, from nothing", seconds, f"{made / seconds:,.0f} events/s (14 s wanted)"
    )
    show_models(results)

    # The day in the middle of the history to come, and alone.
    middle = FIRST + timedelta(days=whole // 2)
    warehouse.empty_marts()
    warehouse.build(days_from(middle, 1))
    alone = min(warehouse.build(days_from(middle, 1))[0] for _ in range(3))
    figures["one day alone, s"] = show("one day rebuilt, no other day in the marts", alone)

    warehouse.make(FIRST + timedelta(days=whole), days - whole, events)
    seconds, _ = warehouse.build(days_from(FIRST, days))
    figures["backfill, s"] = show(
        f"backfill of {days} days x {events:,} events", seconds, f"{days * events / seconds:,.0f} events/s"
    )
    behind = min(warehouse.build(days_from(middle, 1))[0] for _ in range(3))
    figures["one day of many, s"] = show(
        f"one day rebuilt, {days - 1} other days in the marts", behind, f"{behind / alone:.2f} times (1.2 wanted)"
    )

    warehouse.make(FIRST + timedelta(days=days), 1, events)
    stale = days_to_build(warehouse.url, warehouse.settings)
    figures["a day added, s"] = show(f"a day added, builds {', '.join(map(str, stale))}", warehouse.build(stale)[0])
    warehouse.add_late_event(FIRST + timedelta(days=max(days - 60, 0)))
    started = time.perf_counter()
    stale = days_to_build(warehouse.url, warehouse.settings)
    figures["stale days found, s"] = show("stale days found", time.perf_counter() - started)
    figures["a late event, s"] = show(
        f"an event 60 days late, builds {', '.join(map(str, stale))}", warehouse.build(stale)[0]
    )
    assert days_to_build(warehouse.url, warehouse.settings) == []
    return figures | compare(warehouse.url, FIRST + timedelta(days=days))


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 90
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    if days * events < MILLION:
        sys.exit(f"{days} days of {events:,} events are fewer than the million that is built first")
    os.environ.pop("DATABASE_URL", None)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        with open_database(settings) as url:
            figures = run(Warehouse(url, settings), days, events)
    keep("rollups", {"days": days, "events a day": events}, figures)


if __name__ == "__main__":
    main()
