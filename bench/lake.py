"""How small is the lake, how fast are free questions on it, and do ten years of days slow it down?

    .venv/bin/python -m bench.lake [days] [events a day]

In one run, on a PostgreSQL of its own: events into PostgreSQL, every day to the lake; the marts of these days, and
those of detail to the lake; five free questions on raw.events by PostgreSQL, by DuckDB on the lake, by DuckDB on a
single Parquet file as the floor, and by DuckDB on the lake's marts of detail, whose answers must be equal; the memory
that an export takes; ten years of days. What is to be reached: 85 % smaller than the heap, 10 times as fast, 100 ms.
"""

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.results import keep
from bench.rollups import Warehouse
from bench.visits import make_visits
from orchestration.days import DayRange
from orchestration.lake.days import changed_days, lake_days
from orchestration.lake.export import export_days
from orchestration.lake.manifest import write_manifest
from orchestration.lake.reader import LakeReader
from orchestration.lake.storage import open_lake
from orchestration.lake.tables import MARTS
from orchestration.resources.database import open_database
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings

FIRST = date(2026, 5, 1)
SLICES = sorted((Path(__file__).parent / "slices").glob("*.sql"))
HEAP = """
    select sum(pg_table_size(inhrelid))::bigint, sum(pg_total_relation_size(inhrelid))::bigint
    from pg_inherits where inhparent = 'raw.events'::regclass
"""
OF_TABLE = "select sum(pg_table_size(partition))::bigint from ops.day_partitions where table_name = %s"
EXPORT = """
import sys
from datetime import date
from orchestration.lake.export import export_days
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings
settings = Settings(home=sys.argv[2])
list(export_days(sys.argv[1], settings, open_duckdb(settings), [date.fromisoformat(sys.argv[3])]))
"""


def timed(run: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The shortest time in seconds, and the answer."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        answer = run()
        taken.append(time.perf_counter() - started)
    return min(taken), answer


def to_digits(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Percentiles lie between two values, and the engines' sums differ in the last bit."""
    return [tuple(round(value, 9) if isinstance(value, float) else value for value in row) for row in rows]


def fill(url: str, settings: Settings, days: int, events: int) -> dict[str, float]:
    with psycopg.connect(url) as connection:
        made = make_visits(connection, FIRST, days, events)
        wanted = [day.day for day in changed_days(connection)]
    started = time.perf_counter()
    done = list(export_days(url, settings, open_duckdb(settings), wanted))
    seconds = time.perf_counter() - started
    with psycopg.connect(url) as connection:
        ((heap, with_indexes),) = connection.execute(HEAP).fetchall()
    parquet = sum(day.bytes for day in done)
    print(f"{made:,} events on {days} days: written to the lake in {seconds:.1f} s, {made / seconds:,.0f} events/s")
    print(
        f"  heap {heap / 1e6:,.0f} MB ({with_indexes / 1e6:,.0f} MB with indexes), Parquet {parquet / 1e6:,.0f} MB: "
        f"{100 * (1 - parquet / heap):.1f} % smaller (85 % wanted), {parquet / made:.0f} bytes an event"
    )
    return {"written, events/s": made / seconds, "bytes an event": parquet / made, "heap, MB": heap / 1e6}


def fill_marts(url: str, settings: Settings, days: int, events: int) -> dict[str, float]:
    """The marts of the days, and their files."""
    seconds, _ = Warehouse(url, settings).build([DayRange(FIRST, FIRST + timedelta(days=days - 1))])
    print(f"marts of these days: built in {seconds:.1f} s")
    started, size, heap = time.perf_counter(), 0, 0
    for table in MARTS:
        with psycopg.connect(url) as connection:
            wanted = [day.day for day in changed_days(connection, table=table)]
            ((of_table,),) = connection.execute(OF_TABLE, [table.name]).fetchall()
        done = list(export_days(url, settings, open_duckdb(settings), wanted, table))
        size, heap = size + sum(day.bytes for day in done), heap + of_table
    seconds, made = time.perf_counter() - started, days * events
    print(
        f"  those of detail written to the lake in {seconds:.1f} s: heap {heap / 1e6:,.0f} MB, Parquet "
        f"{size / 1e6:,.0f} MB, {100 * (1 - size / heap):.1f} % smaller, {size / made:.0f} bytes an event"
    )
    return {"marts written, s": seconds, "marts, bytes an event": size / made, "marts, heap, MB": heap / 1e6}


def compare(url: str, settings: Settings) -> dict[str, float]:
    """The five questions, by each engine, and of the marts of detail."""
    figures: dict[str, float] = {}
    single = settings.home_folder / "single.parquet"
    reader = LakeReader(settings, reach=[single])
    with (
        psycopg.connect(url, autocommit=True) as postgres,
        reader.session() as lake,
        closing(open_duckdb(settings, reach=[single])) as one,
    ):
        postgres.execute("vacuum analyze raw.events")
        lake.execute(f"copy (from raw.events) to '{single}' (format parquet, compression zstd)")
        one.execute(f"create schema raw; create view raw.events as from '{single}'")
        print(
            f"{'free question':<22}{'PostgreSQL':>12}{'lake':>10}{'one file':>10}{'ratio':>8}{'marts':>10}{'ratio':>8}"
        )
        for file in SLICES:
            question = file.read_text()
            in_postgres, expected = timed(lambda q=question: postgres.execute(q.encode()).fetchall(), times=1)
            in_lake, found = timed(lambda q=question: lake.execute(q).fetchall())
            floor, _ = timed(lambda q=question: one.execute(q).fetchall())
            assert to_digits(found) == to_digits(expected), file
            of_detail = (file.parent / "detail" / file.name).read_text()
            in_marts, found = timed(lambda q=of_detail: lake.execute(q).fetchall())
            # A heartbeat is no row of a mart; its seconds are those of its page view.
            assert file.stem == "percentiles" or to_digits(found) == to_digits(expected), file
            figures |= {
                f"{file.stem}, PostgreSQL, s": in_postgres,
                f"{file.stem}, lake, s": in_lake,
                f"{file.stem}, marts, s": in_marts,
            }
            print(
                f"{file.stem:<22}{in_postgres:>10.2f} s{in_lake:>8.2f} s{floor:>8.2f} s{in_postgres / in_lake:>7.1f}x"
                f"{in_marts:>8.2f} s{in_postgres / in_marts:>7.1f}x"
            )
    reader.close()
    return figures


def measure_memory(url: str, settings: Settings, events: int) -> dict[str, float]:
    """What an export of one day takes, in a process of its own."""
    day = FIRST - timedelta(days=1)
    with psycopg.connect(url) as connection:
        make_visits(connection, day, 1, events)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", EXPORT, url, str(settings.home), str(day)], check=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    seconds = time.perf_counter() - started
    bound = "" if peak > before else " at most"
    print(
        f"one day of {events:,} events: {seconds:.1f} s, "
        f"peak memory{bound} {peak / 1024:,.0f} MB (DuckDB may take {settings.duckdb_memory})"
    )
    return {"one day written, s": seconds, "peak memory, MB": peak / 1024}


def ten_years(url: str, settings: Settings) -> dict[str, float]:
    """3,653 days, copies of one: how long does it take to list and open them, and to ask for one?"""
    storage = open_lake(settings.lake)
    with psycopg.connect(url) as connection:
        copied = lake_days(connection, FIRST, FIRST)[0]
        source = Path(settings.lake, f"events/day={FIRST}")
        days = [FIRST - timedelta(days=2 + number) for number in range(3653)]
        for day in days:
            shutil.copytree(source, source.with_name(f"day={day}"), copy_function=os.link, dirs_exist_ok=True)
        connection.execute(
            "insert into lake.days (of_table, day, rows, checksum, bytes, schema_version, exported_at, counted_events, "
            "counted_crawlers, left_at) select of_table, d, rows, checksum, bytes, schema_version, exported_at, "
            "counted_events, counted_crawlers, now() from lake.days, unnest(%s::date[]) as d "
            "where of_table = 'raw.events' and day = %s on conflict do nothing",
            [days, FIRST],
        )
        listing, _ = timed(lambda: lake_days(connection), 20)
        write_manifest(connection, settings, storage)

    def open_it() -> LakeReader:
        reader = LakeReader(settings)
        with reader.session() as session:
            session.execute("select 1")
        return reader

    opening, reader = timed(open_it, 5)
    question = f"select count(*), count(distinct page_path) from raw.events where day = '{days[1000]}'"
    with reader.session() as session:
        asking, ((rows, _),) = timed(lambda: session.execute(question).fetchall(), 20)
        assert rows == copied.rows
    print(
        f"ten years, {len(days):,} days: listed in {listing * 1000:.0f} ms, opened in {opening * 1000:.0f} ms, "
        f"one day asked for in {asking * 1000:.0f} ms (100 ms wanted)"
    )
    return {
        f"ten years {what}, ms": 1000 * it for what, it in (("listed", listing), ("opened", opening), ("asked", asking))
    }


def main() -> None:
    days, events = (int(word) for word in [*sys.argv[1:], "90", "55600"][:2])
    print(f"{platform.machine()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        with open_database(settings) as url:
            figures = fill(url, settings, days, events)
            figures |= fill_marts(url, settings, days, events)
            figures |= compare(url, settings)
            figures |= measure_memory(url, settings, 1_000_000)
            figures |= ten_years(url, settings)
    keep("lake", {"days": days, "events a day": events}, figures)


if __name__ == "__main__":
    main()
