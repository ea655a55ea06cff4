"""Ticks of the sensor and the schedules of the rollups, as the daemon evaluates them, and runs that they ask for."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorTick, SensorInstigatorData
from dagster._core.test_utils import freeze_time
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._scheduler.scheduler import launch_scheduled_runs

from orchestration.days import DayRange
from tests.resources.queue import Queue, all_of
from tests.rollups.building import MODELS, Warehouse

log = logging.getLogger(__name__)
LOCATION = PythonFileTarget(str(Path(__file__).with_name("rollups_location.py")), None, None, "rollups")


class Ticks(Queue):
    """Dagster's daemon over the rollups of a warehouse."""

    location = LOCATION
    sensor_name = "stale_days"

    def __init__(self, instance: dg.DagsterInstance, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        super().__init__(instance, warehouse.url)

    def restart(self) -> None:
        self.servers.close()
        self.workspace = self.servers.enter_context(WorkspaceProcessContext(self.instance, self.location))
        (location,) = self.workspace.create_request_context().code_locations
        (repository,) = location.get_repositories().values()
        self.sensor = repository.get_sensor(self.sensor_name)

    def look(self) -> InstigatorTick:
        """One tick of the sensor."""
        self.tick()
        (tick,) = self.instance.get_ticks(self.sensor.get_remote_origin_id(), self.sensor.selector_id, limit=1)
        assert not tick.error, tick.error
        return tick

    def schedules(self, at: datetime) -> None:
        """One look of the daemon at the schedules."""
        with freeze_time(at):
            all_of(launch_scheduled_runs(self.workspace, log, at, {}))

    def queued(self) -> list[dg.DagsterRun]:
        """The runs that wait, the first that was asked for first."""
        return list(reversed(self.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))))

    def days(self) -> list[tuple[str, str]]:
        """The first and last day of each run that waits."""
        tags = [run.tags for run in self.queued()]
        return [(t["dagster/asset_partition_range_start"], t["dagster/asset_partition_range_end"]) for t in tags]

    def drop(self) -> None:
        """Let none of them run."""
        for run in self.queued():
            self.instance.run_coordinator.cancel_run(run.run_id)

    def run(self) -> list[bool]:
        """Run what waits in this process; whether each succeeded."""
        from orchestration.definitions import defs

        waiting = self.queued()
        self.drop()
        return [
            defs.resolve_job_def(run.job_name)
            .execute_in_process(instance=self.instance, tags=run.tags, run_config=run.run_config, raise_on_error=False)
            .success
            for run in waiting
        ]

    def build(self) -> None:
        """Build what waits, without the runs and dbt's tests, which take longest."""
        waiting = self.days()
        self.drop()
        for first, last in waiting:
            days = DayRange(date.fromisoformat(first), date.fromisoformat(last))
            self.warehouse.build(days, select=MODELS)

    @property
    def cursor(self) -> dict[str, Any]:
        return json.loads(self._state().instigator_data.cursor)

    def _state(self) -> Any:
        return self.instance.get_instigator_state(self.sensor.get_remote_origin_id(), self.sensor.selector_id)

    def as_if_asked(self, seconds_ago: float) -> None:
        """Let what the sensor asked for be that long ago; by its cursor, as the UI can set it."""
        cursor = self.cursor
        for asked in cursor["asked"].values():
            asked["at"] = time.time() - seconds_ago
        self.set_cursor(json.dumps(cursor))

    def set_cursor(self, cursor: str) -> None:
        state = self._state()
        known = state.instigator_data
        data = SensorInstigatorData(
            last_tick_timestamp=known.last_tick_timestamp,
            last_run_key=known.last_run_key,
            min_interval=self.sensor.min_interval_seconds,
            cursor=cursor,
            last_tick_start_timestamp=known.last_tick_start_timestamp,
            last_sensor_start_timestamp=known.last_sensor_start_timestamp,
            sensor_type=self.sensor.sensor_type,
        )
        self.instance.update_instigator_state(state.with_data(data))


@contextmanager
def ticks_of(warehouse: Warehouse, dagster_home: str) -> Iterator[Ticks]:
    with dg.DagsterInstance.from_config(dagster_home) as instance:
        ticks = Ticks(instance, warehouse)
        with ticks.servers:
            yield ticks


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)
