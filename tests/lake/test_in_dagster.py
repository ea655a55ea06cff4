"""The lake in Dagster: real ticks on a real instance, the runs that they ask for, and what these do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.load_target import PythonFileTarget

from orchestration.lake.days import CLOSED_AFTER
from tests.lake.lake import Lake
from tests.rollups.building import Warehouse
from tests.rollups.ticks import Ticks

TODAY = datetime.now(UTC).date()
# Just after midnight, yesterday is not closed yet.
LAST_CLOSED = (datetime.now(UTC) - CLOSED_AFTER).date() - timedelta(days=1)
LAST_WEEK, LONG_AGO = (TODAY - timedelta(days=days) for days in (7, 120))
BY_DAY = "select day, count(*) from raw.events group by day order by day"


class LakeTicks(Ticks):
    location = PythonFileTarget(str(Path(__file__).with_name("lake_location.py")), None, None, "lake")
    sensor_name = "changed_lake_days"

    def tick(self) -> None:
        self.now += timedelta(minutes=5)
        super().tick()


@pytest.fixture(scope="module")
def lake(make_installation) -> Iterator[Lake]:
    installation = make_installation("lake_ticks")
    with installation.here() as settings:
        yield Lake(installation.database_url, settings)


@pytest.fixture(scope="module")
def ticks(lake) -> Iterator[LakeTicks]:
    with dg.DagsterInstance.from_config(str(lake.settings.home_folder / "dagster")) as instance:
        ticks = LakeTicks(instance, Warehouse(lake.url, lake.settings.home_folder))
        with ticks.servers:
            yield ticks


def run(ticks, job: str, **tags: str) -> dg.ExecuteInProcessResult:
    from orchestration.definitions import defs

    return defs.resolve_job_def(job).execute_in_process(instance=ticks.instance, tags=tags, raise_on_error=False)


def rows_shown(ticks, day) -> int:
    """What the page of the asset says of a day."""
    (record,) = ticks.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(["lake", "events"]), asset_partitions=[str(day)]), limit=1
    ).records
    return record.asset_materialization.metadata["dagster/row_count"].value


def checked(ticks) -> dg.AssetCheckEvaluation:
    found = run(ticks, "check_lake").get_asset_check_evaluations()
    (of_events,) = (it for it in found if it.check_name == "lake_holds_what_postgres_holds")
    return of_events


def test_closed_days_come_into_the_lake_by_themselves_and_late_events_after_them(ticks, lake):
    assert ticks.look().skip_reason == "The lake holds every closed day."
    for day in (LONG_AGO, LAST_WEEK, LAST_CLOSED, TODAY):
        lake.add(day)
    ticks.look()
    assert ticks.days() == [(str(LONG_AGO), str(LONG_AGO)), (str(LAST_WEEK), str(LAST_CLOSED))]
    assert ticks.look().skip_reason == "An export is under way."
    assert ticks.run() == [True, True]
    assert lake.read(BY_DAY) == [(LONG_AGO, 20), (LAST_WEEK, 20), (LAST_CLOSED, 20)]
    assert ticks.look().skip_reason == "The lake holds every closed day."

    lake.add(LAST_WEEK, 22, since=21)
    ticks.as_if_asked(seconds_ago=61)
    ticks.look()
    assert ticks.days() == [(str(LAST_WEEK), str(LAST_WEEK))]
    assert ticks.run() == [True]
    assert lake.read(BY_DAY)[1] == (LAST_WEEK, 22)
    assert [rows_shown(ticks, day) for day in (LAST_WEEK, LAST_CLOSED)] == [22, 20]


def test_a_check_finds_a_damaged_day_and_a_run_mends_it(ticks, lake):
    assert checked(ticks).passed
    lake.file(LAST_WEEK).write_bytes(b"nothing")
    found = checked(ticks)
    assert not found.passed
    assert "is rewritten automatically" in str(found.metadata["table"].value)
    ticks.as_if_asked(seconds_ago=61)
    ticks.look()
    assert ticks.days() == [(str(LAST_WEEK), str(LAST_WEEK))]
    assert ticks.run() == [True]
    assert checked(ticks).passed
    assert lake.rows("select day from lake.checks where repaired_at is not null") == [(LAST_WEEK,)]


def test_by_the_week_old_days_leave_and_a_backfill_writes_days_again(ticks, lake):
    old = "insert into access.audit_log (action, occurred_at) values ('old', now() - interval '366 days') returning 1"
    assert lake.rows(old) == [(1,)]
    assert run(ticks, "retention").success
    assert lake.rows("select from access.audit_log where action = 'old'") == []
    assert lake.rows("select distinct occurred_at::date from raw.events order by 1") == [
        (LAST_WEEK,),
        (LAST_CLOSED,),
        (TODAY,),
    ]
    assert lake.rows("select day from lake.days where left_at is not null") == [(LONG_AGO,)]
    before = lake.rows("select exported_at from lake.days order by day")
    one_range = {
        "dagster/asset_partition_range_start": str(LAST_WEEK),
        "dagster/asset_partition_range_end": str(LAST_CLOSED),
    }
    result = run(ticks, "export_lake", **one_range)
    assert result.success
    after = lake.rows("select exported_at from lake.days order by day")
    assert [old < new for (old,), (new,) in zip(before, after, strict=True)] == [False, True, True]


def test_a_day_that_cannot_be_written_does_not_keep_others_from_leaving(ticks, lake):
    also_old = LONG_AGO + timedelta(days=1)
    lake.add(also_old)
    lake.export([also_old])
    # An event of a day that has left has come late, and its file cannot be read beside it.
    lake.file(LONG_AGO).write_bytes(b"nothing")
    lake.add(LONG_AGO, 21, since=21)
    result = run(ticks, "retention")
    assert result.success
    assert lake.rows("select day from lake.days where left_at is not null order by day") == [(LONG_AGO,), (also_old,)]
    (materialization,) = result.asset_materializations_for_node("lake__retention")
    assert str(LONG_AGO) in str(materialization.metadata["days kept"].value)
    assert str(LONG_AGO) in str(materialization.metadata["days not exported"].value)
