"""Two builds at once, as where a server has ended the connection that lets one of them wait."""

import os
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import DBT_COMMAND, DBT_PROJECT, dbt_environment
from orchestration.rollups.dbt_run import dbt_build
from orchestration.rollups.passing_faults import may_pass
from orchestration.settings import Settings
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event
from tests.serving.collector.running import until

MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)
VISIT = Event(
    event_id=UUID(int=1),
    occurred_at=MARCH,
    event_type="page_view",
    user_code="ada",
    site="example.org",
    client_visitor_id="a",
    page_path="/",
)
DAY = DayRange(MARCH.date(), MARCH.date())
HERE = "database = (select oid from pg_database where datname = current_database())"
END_LOCK = f"""
    select pg_terminate_backend(pid) from pg_locks
    where relation = 'locks.build'::regclass and {HERE}
"""
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
SOURCES = "select channel, sessions from marts.analytics_daily_sources"


def start_dbt(warehouse: Warehouse, target: Path) -> subprocess.Popen[bytes]:
    """dbt past Dogear, which lets one wait."""
    environment = {**os.environ, **dbt_environment(warehouse.url, Settings(home=warehouse.home)), "DBT_LOCK_PID": ""}
    command = [*DBT_COMMAND, "run", "--select", "analytics_daily_sources", "--target-path", str(target)]
    return subprocess.Popen(command, cwd=DBT_PROJECT, env=environment, stdout=subprocess.DEVNULL)


def test_two_that_write_the_same_days_at_once_write_each_row_once(warehouse: Warehouse, tmp_path: Path):
    warehouse.load([VISIT])
    warehouse.build(select=MODELS)
    assert warehouse.rows(SOURCES) == [("Direct", 1)]
    with connect(warehouse.url) as reader:
        reader.execute("lock table marts.analytics_daily_sources in share mode")
        both = [start_dbt(warehouse, tmp_path / name) for name in ("one", "other")]
        until(lambda: warehouse.rows(WAITING) == [(2,)], patience=180)
    assert [dbt.wait(300) for dbt in both] == [0, 0]
    assert warehouse.rows(SOURCES) == [("Direct", 1)]


def test_a_build_that_is_no_longer_alone_writes_nothing_more(warehouse: Warehouse):
    warehouse.load([VISIT])
    warehouse.build(select=MODELS)
    with closing(dbt_build(warehouse.url, Settings(home=warehouse.home), DAY, MODELS)) as results:
        next(results)
        assert len(warehouse.rows(END_LOCK)) == 1
        failed = [result for result in results if result.status == "error"]
    assert failed
    assert all("no longer alone" in result.message for result in failed)
    assert may_pass(failed), "the run tries again"
    assert warehouse.stale() == [DAY]
    warehouse.build(select=MODELS)
    assert warehouse.stale() == []


def test_a_build_that_nobody_waits_for_stops(warehouse: Warehouse):
    warehouse.load([VISIT])
    warehouse.build(select=MODELS)
    with connect(warehouse.url) as reader:
        reader.execute("lock table marts.analytics_daily_sources in share mode")
        with closing(dbt_build(warehouse.url, Settings(home=warehouse.home), DAY, MODELS)) as results:
            next(results)
            until(lambda: warehouse.rows(WAITING) == [(1,)])
    assert warehouse.stale() == [DAY]
