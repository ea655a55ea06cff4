"""Days that have left PostgreSQL: numbers stay, the lake has the rows, and a build brings them back."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.lake.compare import compare_days
from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.recall import recall
from orchestration.lake.retention import let_old_days_leave
from orchestration.lake.tables import MARTS, TABLES
from orchestration.lake.wanted_days import days_of_range
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.rollups import outdated_tables
from orchestration.rollups.dbt_by_hand import days_at_hand
from orchestration.rollups.dbt_project import parsed_project
from orchestration.settings import Settings
from tests.installation import Installation, run_dogear
from tests.lake.lake import Lake
from tests.rollups.building import MODELS, REFRESHED, Warehouse
from tests.rollups.session_model import Event

MARCH_1 = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
DAY = MARCH_1.date()
FIRST, LAST = DAY - timedelta(days=2), DAY + timedelta(days=6)
IN_POSTGRES = "select distinct day from ops.day_partitions where {} order by 1"
EVENTS, DETAIL = "table_name = 'raw.events'", "table_name <> 'raw.events'"
NAMES = {table.name.partition(".")[2] for table in MARTS}
RANGE = f"'{FIRST}', '{LAST}'"
# Every function that answers for a range of days.
QUESTIONS = [
    f"analytics.get_time_series_data('page', '/', {RANGE}, 'weekly')",
    f"analytics.get_time_series_data('site', 'example.org', {RANGE}, 'monthly')",
    f"analytics.get_site_stats('example.org', {RANGE}, 'daily')",
    f"analytics.get_top_content('example.org', {RANGE})",
    f"analytics.get_top_sources('example.org', {RANGE})",
    f"analytics.get_timeline('example.org', {RANGE})",
    f"analytics.get_breakdown('example.org', 'device', {RANGE})",
]
VISITORS = f"select * from analytics.get_entity_visitors('page', '/', {RANGE})"
LET_LEAVE = """
import sys
from datetime import date
from orchestration.lake.retention import let_old_days_leave
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings
url, home = sys.argv[1:]
settings = Settings(home=home)
for day in let_old_days_leave(url, settings, open_duckdb(settings)):
    print(day.day, flush=True)
"""


def view(after_hours: float, path: str = "/", visitor: str = "ada") -> Event:
    return Event(
        event_id=uuid4(),
        occurred_at=MARCH_1 + timedelta(hours=after_hours),
        event_type="page_view",
        user_code="ada",
        site="example.org",
        page_path=path,
        client_visitor_id=visitor,
    )


@pytest.fixture
def warehouse(make_installation: Callable[..., Installation]) -> Warehouse:
    """A session over midnight, days around it, and one of today; all built, and closed days in the lake."""
    warehouse = Warehouse.of(make_installation("past_retention", has_tables=True))
    today = (datetime.now(UTC) - MARCH_1) / timedelta(hours=1)
    hours = (-48, -24, 0, 0.3, 0.5, 24, 48, 120)
    warehouse.load([view(after, visitor=who) for after in hours for who in ("ada", "bo")] + [view(today)])
    warehouse.build(select=MODELS)
    export(warehouse)
    return warehouse


def export(warehouse: Warehouse) -> None:
    settings = Settings(home=warehouse.home)
    for table in TABLES.values():
        with connect(warehouse.url) as connection:
            days = [changed.day for changed in changed_days(connection, table=table)]
        list(export_days(warehouse.url, settings, open_duckdb(settings), days, table))


def let_leave(warehouse: Warehouse) -> int:
    export(warehouse)
    settings = Settings(home=warehouse.home)
    days = list(let_old_days_leave(warehouse.url, settings, open_duckdb(settings)))
    assert [day.kept for day in days if day.kept] == []
    return len(days)


def days_in_postgres(warehouse: Warehouse, of: str) -> list[date]:
    return [day for (day,) in warehouse.rows(IN_POSTGRES.format(of)) if day <= LAST]


def rollups(warehouse: Warehouse) -> dict[str, list[Any]]:
    of_detail = {*NAMES, "visitor_sessions", *REFRESHED}
    return {name: rows for name, rows in warehouse.snapshot().items() if name not in of_detail}


def in_lake(warehouse: Warehouse, question: str) -> list[Any]:
    return Lake(warehouse.url, Settings(home=warehouse.home)).read(question)


def detail(warehouse: Warehouse) -> dict[str, list[str]]:
    """The rows of marts of detail, wherever they are: in PostgreSQL, or in the lake alone."""
    found: dict[str, list[str]] = {}
    for table in MARTS:
        columns = "session_id, visitor_id, " if table.name != "marts.visitor_days" else "page_views, visitor_id, "
        question = f"select {columns} site, {table.day_column} from {table.name}"
        with connect(warehouse.url) as connection:
            here = connection.execute(question.encode()).fetchall()
        held = {row[-1] for row in here}
        there = [row for row in in_lake(warehouse, question) if row[-1] not in held]
        found[table.name] = sorted(map(repr, [*here, *there]))
    return found


def test_numbers_stay_when_days_leave_and_the_lake_has_the_rows(warehouse: Warehouse):
    ask = {question: warehouse.rows(f"select * from {question}") for question in QUESTIONS}
    assert all(ask.values())
    before, rows, visitors = rollups(warehouse), detail(warehouse), warehouse.rows(VISITORS)
    warehouse.refresh("analytics_visitors")
    of_all_time = warehouse.rows("select * from marts.analytics_visitors where visitor_id = 'ada' order by entity_id")
    assert len(visitors) == 2

    assert let_leave(warehouse) == 6
    assert days_in_postgres(warehouse, EVENTS) == days_in_postgres(warehouse, DETAIL) == []
    assert rollups(warehouse) == before
    assert detail(warehouse) == rows
    assert {question: warehouse.rows(f"select * from {question}") for question in QUESTIONS} == ask
    assert in_lake(warehouse, VISITORS) == visitors
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="have left PostgreSQL for the lake"):
        warehouse.rows(VISITORS)
    ((first_day,),) = warehouse.rows("select analytics.detail_begins()")
    assert warehouse.rows(VISITORS.replace(RANGE, f"'{first_day}', current_date")) != []

    # She came again; he did not, and is in the lake alone.
    warehouse.refresh("analytics_visitors")
    known = "select * from marts.analytics_visitors order by entity_id"
    assert warehouse.rows(known) == of_all_time
    assert let_leave(warehouse) == 0


def test_a_backfill_past_the_retention_reads_the_lake(warehouse: Warehouse):
    before, rows = rollups(warehouse), detail(warehouse)
    let_leave(warehouse)
    warehouse.execute(f"update marts.analytics_aggregates set total_views = 99 where date = '{DAY}'")
    warehouse.build(DayRange(DAY, DAY), select=MODELS)
    assert rollups(warehouse) == before
    assert detail(warehouse) == rows
    # Events of the days that a build of one day reads; the last is too far away. Of marts, that day alone.
    assert len(days_in_postgres(warehouse, EVENTS)) == 5
    assert days_in_postgres(warehouse, "table_name = 'marts.analytics_sessions'") == [DAY]
    assert let_leave(warehouse) == 5

    warehouse.load([view(0.4, "/late")])
    warehouse.build(select=MODELS)
    ((views,),) = warehouse.rows("select count(*) from marts.analytics_page_views where view_day = '2026-03-02'")
    assert views == 2 * 3 + 1
    assert let_leave(warehouse) >= 4
    assert days_in_postgres(warehouse, DETAIL) == []
    assert in_lake(warehouse, "select count(*) from marts.analytics_page_views where page_path = '/late'") == [(1,)]


def test_a_damaged_file_of_a_day_that_has_left_is_built_again(warehouse: Warehouse):
    rows = detail(warehouse)
    let_leave(warehouse)
    settings = Settings(home=warehouse.home)
    sessions = TABLES["marts.analytics_sessions"]
    Path(settings.lake, sessions.file_of(DAY)).write_bytes(b"nothing")
    # Where the marts are gone, all days are built anyway.
    for before, after in (("built_days", "away"), ("away", "built_days")):
        warehouse.execute(f"alter table marts.{before} rename to {after}")
        (found,) = compare_days(warehouse.url, settings, open_duckdb(settings), [DAY], sessions)
        assert (found.verdict, found.way_out) == ("unreadable", "build")
    warehouse.build(select=MODELS)
    let_leave(warehouse)
    assert detail(warehouse) == rows
    verdicts = {
        found.verdict
        for table in TABLES.values()
        for found in compare_days(warehouse.url, settings, open_duckdb(settings), table=table)
    }
    assert verdicts == {"equal"}


def test_a_day_whose_marts_are_not_in_the_lake_stays_as_a_whole(warehouse: Warehouse):
    warehouse.execute(f"update marts.built_days set built_at = now() where day = '{DAY}'")
    settings = Settings(home=warehouse.home)
    days = {day.day: day.kept for day in let_old_days_leave(warehouse.url, settings, open_duckdb(settings))}
    assert days.pop(DAY) == "its marts.analytics_sessions has changed since it was exported"
    assert set(days.values()) == {None}
    assert days_in_postgres(warehouse, DETAIL) == days_in_postgres(warehouse, EVENTS) == [DAY]


def test_a_day_that_leaves_meanwhile_is_neither_written_nor_dropped_again(warehouse: Warehouse):
    rows, settings, sessions = detail(warehouse), Settings(home=warehouse.home), TABLES["marts.analytics_sessions"]
    days = days_of_range(warehouse.url, DayRange(FIRST, LAST), only_changed=False, table=sessions)
    writing = export_days(warehouse.url, settings, open_duckdb(settings), days, sessions)
    leaving = let_old_days_leave(warehouse.url, settings, open_duckdb(settings))
    assert next(writing).day == next(leaving).day == FIRST
    assert let_leave(warehouse) == 5
    assert list(writing) == list(leaving) == []
    assert detail(warehouse) == rows


def test_files_stay_while_marts_that_were_dropped_are_built_again(warehouse: Warehouse):
    rows = detail(warehouse)
    warehouse.execute("drop schema marts cascade")
    # Of all days, one is built before the lake is next written.
    today = datetime.now(UTC).date()
    warehouse.build(DayRange(today, today), select=MODELS)
    export(warehouse)
    assert detail(warehouse) == rows
    warehouse.build(select=MODELS)
    let_leave(warehouse)
    assert detail(warehouse) == rows


def test_what_somebody_made_of_partitions_keeps_its_day_and_no_other(warehouse: Warehouse):
    warehouse.execute(
        f"""
        create view public.mine as select * from days.analytics_sessions_{DAY:%Y%m%d};
        create table raw.others partition of raw.events default;
        create table days.mine (day date) partition by range (day);
        create table days.mine_99999999 partition of days.mine default;
        """
    )
    settings = Settings(home=warehouse.home)
    days = {day.day: day.kept for day in let_old_days_leave(warehouse.url, settings, open_duckdb(settings))}
    assert "view mine depends on table" in (days.pop(DAY) or "")
    assert len(days) == 5
    assert set(days.values()) == {None}


def test_a_table_that_is_half_dropped_changes_no_file(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    rows, settings, sessions = detail(warehouse), Settings(home=warehouse.home), TABLES["marts.analytics_sessions"]
    warehouse.execute("alter table marts.analytics_sessions drop column country_code cascade")
    monkeypatch.setattr(outdated_tables, "PARTITIONS_AT_ONCE", 1)
    with connect(warehouse.url) as reader, connect(warehouse.url) as connection:
        reader.execute(f"select from days.analytics_sessions_{DAY:%Y%m%d}".encode())
        connection.execute("set lock_timeout = '10ms'")
        connection.commit()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            outdated_tables.drop_outdated(connection, parsed_project(warehouse.url, settings))
    assert days_in_postgres(warehouse, "table_name = 'marts.analytics_sessions'")[0] == DAY
    assert list(compare_days(warehouse.url, settings, open_duckdb(settings), table=sessions)) == []
    export(warehouse)
    warehouse.build(select=MODELS)
    let_leave(warehouse)
    assert detail(warehouse) == rows


def test_dbt_by_hand_writes_no_table_whose_days_it_does_not_know(warehouse: Warehouse):
    rows, settings = detail(warehouse), Settings(home=warehouse.home)
    vars_of_day = ["--vars", f"{{from_day: {DAY}, to_day: {DAY}}}"]
    with (
        pytest.raises(DogearError, match="would drop all other days"),
        days_at_hand(warehouse.url, settings, ["run", "--full-refresh", *vars_of_day]),
    ):
        pass
    # Events of days whose marts have left are back, as around a day that was built again.
    let_leave(warehouse)
    recall(warehouse.url, settings, [FIRST + timedelta(days=number) for number in range(10)])
    with (
        pytest.raises(DogearError, match="6 days, 2026-02-27 to 2026-03-06, have left"),
        days_at_hand(warehouse.url, settings, ["run", "--select", "analytics_sessions"]),
    ):
        pass
    assert let_leave(warehouse) == 6
    assert detail(warehouse) == rows


def test_visits_of_a_day_that_dbt_by_hand_restored_count_once(warehouse: Warehouse):
    warehouse.refresh("analytics_visitors")
    visits = "select entity_id, visit_count, days_visited from marts.analytics_visitors where visitor_id = 'ada'"
    before = sorted(warehouse.rows(visits))
    let_leave(warehouse)
    warehouse.refresh("analytics_visitors")
    run_dogear(
        {"DATABASE_URL": warehouse.url, "DOGEAR_HOME": str(warehouse.home)},
        *("dbt", "run", "--select", "+analytics_visitors", "--vars", f"{{from_day: {DAY}, to_day: {DAY}}}"),
    )
    assert days_in_postgres(warehouse, "table_name = 'marts.visitor_days'") == [DAY]
    assert sorted(warehouse.rows(visits)) == before


def test_killed_while_days_leave_each_is_in_one_place_as_a_whole(warehouse: Warehouse):
    rows = detail(warehouse)
    names = {name for (name,) in warehouse.rows(f"select table_name from ops.day_partitions where day = '{DAY}'")}
    assert len(names) == 9
    days = days_in_postgres(warehouse, EVENTS)
    while days:
        process = subprocess.Popen(
            [sys.executable, "-c", LET_LEAVE, warehouse.url, str(warehouse.home)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.readline()
        with connect(warehouse.url) as connection:
            connection.execute("select pg_sleep(%s)", [random.random() / 5])
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert detail(warehouse) == rows
        days = days_in_postgres(warehouse, EVENTS)
        for day in days:
            found = warehouse.rows(f"select table_name from ops.day_partitions where day = '{day}'")
            assert {name for (name,) in found} == names
        assert days_in_postgres(warehouse, DETAIL) == days
    assert let_leave(warehouse) == 0
