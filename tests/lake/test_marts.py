"""Marts of detail in the lake: closed days that were built, with whole numbers as keys, as they are in PostgreSQL."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.days import DayRange
from orchestration.lake.compare import compare_days
from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.scoped import Scope, ScopedReader
from orchestration.lake.tables import MARTS, TABLES
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import day_columns, parsed_project
from orchestration.settings import Settings
from tests.installation import Installation
from tests.lake.lake import Lake
from tests.rollups.building import MODELS, Warehouse

SESSIONS = TABLES["marts.analytics_sessions"]
DAY = date(2026, 3, 4)
KEY = "('x' || left(md5({}), 15))::bit(60)::bigint"
EXPORT = """
import sys
from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.tables import MARTS
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
url, home = sys.argv[1:]
settings = Settings(home=home)
for table in MARTS:
    with connect(url) as connection:
        days = [found.day for found in changed_days(connection, table=table)]
    for done in export_days(url, settings, open_duckdb(settings), days, table):
        print(table.name, done.day, flush=True)
"""


@pytest.fixture(scope="module")
def site(make_installation: Callable[..., Installation], tiny_site: Installation) -> Installation:
    return make_installation("marts_in_lake", like=tiny_site)


@pytest.fixture(scope="module")
def lake(site: Installation) -> Lake:
    lake = Lake(site.database_url, Settings(home=Path(site.environment["DOGEAR_HOME"])))
    lake.export()
    return lake


@pytest.fixture(autouse=True)
def exported(lake: Lake) -> None:
    export(lake)


def waiting(lake: Lake) -> set[date]:
    with connect(lake.url) as connection:
        return {found.day for table in MARTS for found in changed_days(connection, table=table)}


def export(lake: Lake) -> None:
    for table in MARTS:
        with connect(lake.url) as connection:
            days = [found.day for found in changed_days(connection, table=table)]
        list(export_days(lake.url, lake.settings, open_duckdb(lake.settings), days, table))


def verdicts(lake: Lake) -> set[str]:
    engine = open_duckdb(lake.settings)
    return {found.verdict for table in MARTS for found in compare_days(lake.url, lake.settings, engine, table=table)}


def test_every_mart_with_a_row_per_event_session_or_visitor_is_mirrored(site: Installation):
    columns = day_columns(parsed_project(site.database_url, Settings(home=Path(site.environment["DOGEAR_HOME"]))))
    of_people = site.rows(
        "select distinct 'marts.' || relname from pg_attribute join pg_class on pg_class.oid = attrelid "
        "where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p') "
        "and attname in ('visitor_id', 'session_id', 'event_id')"
    )
    assert {name for (name,) in of_people} == {table.name for table in MARTS}
    assert {table.name: columns[table.name] for table in MARTS} == {table.name: table.day_column for table in MARTS}


def test_duckdb_reads_what_postgres_holds_by_the_same_names_and_with_keys(lake: Lake):
    of_table = "where attrelid = %s::regclass and attnum > 0 and attname <> 'properties'"
    for table in MARTS:
        names = lake.rows(f"select attname from pg_attribute {of_table}", [table.name])
        columns = ", ".join(name for (name,) in names)
        keys = "".join(f", {key}" for key in table.keys)
        computed = "".join(f", {KEY.format(f'{column}::text')}" for column in table.keys.values())
        by_all = f"order by {table.day_column}, {table.order}"
        in_lake = lake.read(f"select {columns}{keys} from {table.name} {by_all}")
        assert in_lake == lake.rows(f"select {columns}{computed} from {table.name} {by_all}"), table.name
        assert in_lake, table.name
    assert verdicts(lake) == {"equal"}


def test_the_keys_of_files_are_those_of_the_sets_of_visitors(lake: Lake):
    by = "day, site, entity_type, entity_id"
    in_lake = lake.read(f"select {by}, list_sort(list(visitor_key)) from marts.visitor_days group by all order by all")
    assert in_lake
    assert in_lake == lake.rows(f"select {by}, visitor_keys from marts.visitor_sets order by {by}")


def test_a_scope_holds_for_files_of_marts(lake: Lake):
    reader = ScopedReader(lake.settings)
    for owners, has_rows in ((["owner"], True), (["another"], False), ([], False)):
        with reader.within(Scope(owners)) as session:
            for table in MARTS:
                with session.ask(f"select count(*) > 0 from {table.name}") as answer:
                    assert answer.fetchall() == [(has_rows,)], (owners, table.name)
    reader.close()


def test_a_mart_that_is_not_there_is_neither_compared_nor_written_until_it_is_built(lake: Lake):
    lake.rows("alter table marts.analytics_sessions rename to gone")
    try:
        engine = open_duckdb(lake.settings)
        assert list(compare_days(lake.url, lake.settings, engine, table=SESSIONS)) == []
        assert waiting(lake) == set()
    finally:
        lake.rows("alter table marts.gone rename to analytics_sessions")


def test_a_condition_on_a_mart_s_day_opens_no_other_file(lake: Lake):
    # DuckDB looks into the first for its columns.
    _, *others = sorted(Path(lake.settings.lake, SESSIONS.folder).glob("day=*/*"))
    closed = {file: file.read_bytes() for file in others if f"day={DAY}" not in str(file)}
    for file in closed:
        file.write_bytes(b"not opened")
    assert lake.read(f"select count(*) from {SESSIONS.name} where session_day = '{DAY}'") == [(2,)]
    for file, data in closed.items():
        file.write_bytes(data)


def test_a_day_that_was_built_again_is_written_again_and_one_that_is_being_built_waits(site: Installation, lake: Lake):
    assert waiting(lake) == set()
    Warehouse.of(site).build(DayRange(DAY, DAY), select=MODELS)
    assert waiting(lake) == {DAY}
    export(lake)
    assert waiting(lake) == set()

    lake.rows("update marts.built_days set events = -2, built_at = now() where day = %s", [DAY])
    assert waiting(lake) == set()
    before = lake.rows("select exported_at from lake.days where day = %s order by 1", [DAY])
    list(export_days(lake.url, lake.settings, open_duckdb(lake.settings), [DAY], SESSIONS))
    assert lake.rows("select exported_at from lake.days where day = %s order by 1", [DAY]) == before
    compared = compare_days(lake.url, lake.settings, open_duckdb(lake.settings), [DAY], SESSIONS)
    assert list(compared) == [], "half of the day may be built"
    lake.rows("update marts.built_days set events = 0 where day = %s", [DAY])


def test_commands_find_a_damaged_file_and_rows_changed_by_hand_and_write_both_again(site: Installation, lake: Lake):
    Path(lake.settings.lake, SESSIONS.file_of(DAY)).write_bytes(b"nothing")
    lake.rows("update marts.visitor_days set page_views = page_views + 1 where day = %s", [DAY])
    done = site.dogear("lake", "check", check=False)
    assert done.returncode == 1
    assert f"{DAY} of marts.analytics_sessions: unreadable" in done.stdout
    assert f"{DAY} of marts.visitor_days: unequal, as many rows (" in done.stdout
    assert waiting(lake) == {DAY}
    assert "marts.analytics_sessions: 1 day written to " in site.dogear("lake", "export").stdout
    assert verdicts(lake) == {"equal"}


@pytest.mark.parametrize("lines", [1, 12])
def test_killed_while_it_mirrors_and_run_again(lake: Lake, lines: int):
    lake.rows("update lake.days set export_again = 'a test' where of_table <> 'raw.events'")
    process = subprocess.Popen(
        [sys.executable, "-c", EXPORT, lake.url, str(lake.settings.home)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for _ in range(lines):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    export(lake)
    assert verdicts(lake) == {"equal"}
    assert list(Path(lake.settings.lake).rglob(".unfinished*")) == []
    assert waiting(lake) == set()
