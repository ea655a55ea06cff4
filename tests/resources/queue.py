"""Dagster's daemon, one iteration at a time: the instance of an installation, and a code server with runs to launch."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psutil
from dagster._core.test_utils import freeze_time
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration
from psycopg.rows import dict_row

from orchestration.cli.kept_process import left_after
from orchestration.resources.postgres import connect

log = logging.getLogger(__name__)
LOCATION = PythonFileTarget(str(Path(__file__).with_name("queue_location.py")), None, None, "queue")


class Queue:
    def __init__(self, instance: dg.DagsterInstance, database_url: str) -> None:
        self.instance = instance
        self.database_url = database_url
        self.now = datetime.now(UTC)
        self.servers = ExitStack()
        self.restart()

    def restart(self) -> None:
        """Another code server, as after a crash of the one before."""
        self.servers.close()
        self.workspace = self.servers.enter_context(WorkspaceProcessContext(self.instance, LOCATION))

    def submit(self, job: str, tags: dict[str, str] | None = None, config: dict | None = None) -> str:
        request = self.workspace.create_request_context()
        location = request.get_code_location("queue")
        (repository,) = location.get_repositories().values()
        found = repository.get_full_job(job)
        plan = location.get_execution_plan(found, config or {}, None, None, self.instance)
        run = self.instance.create_run(
            job_name=job,
            run_id=None,
            run_config=config or {},
            status=dg.DagsterRunStatus.NOT_STARTED,
            tags={**found.tags, **(tags or {})},
            root_run_id=None,
            parent_run_id=None,
            step_keys_to_execute=None,
            execution_plan_snapshot=plan.execution_plan_snapshot,
            job_snapshot=found.job_snapshot,
            parent_job_snapshot=found.parent_job_snapshot,
            asset_selection=None,
            asset_check_selection=None,
            resolved_op_selection=None,
            op_selection=None,
            remote_job_origin=found.get_remote_origin(),
            job_code_origin=found.get_python_origin(),
            asset_graph=repository.asset_graph,
        )
        self.instance.submit_run(run.run_id, request)
        return run.run_id

    def dequeue(self) -> None:
        all_of(QueuedRunCoordinatorDaemon(interval_seconds=1).run_iteration(self.workspace))

    def work(self) -> None:
        """Launch what may be launched, and wait until it has ended."""
        self.dequeue()
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while self.rows("select from ops.job_queue where state = 'running'"):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def monitor(self) -> None:
        all_of(execute_run_monitoring_iteration(self.workspace, log))

    def retry(self) -> None:
        all_of(EventLogConsumerDaemon().run_iteration(self.workspace))

    def tick(self) -> None:
        """Evaluate the sensors, a minute after the last time."""
        self.now += timedelta(minutes=1)
        with freeze_time(self.now):
            all_of(execute_sensor_iteration(self.workspace, log, None, None))

    def rows(self, question: str, *parameters: object) -> list[dict]:
        with connect(self.database_url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(question.encode(), parameters).fetchall()

    def row(self, run_id: str) -> dict:
        (row,) = self.rows("select * from ops.job_queue where run_id = %s", run_id)
        return row


def all_of(iteration: Iterator[object]) -> None:
    """Run it to its end; what it could not do, it yields."""
    assert [error for error in iteration if error is not None] == []


@contextmanager
def queue_of(database_url: str, dagster_home: Path) -> Iterator[Queue]:
    # Those of other tests live on, such as a server for the whole session.
    others = set(psutil.Process().children(recursive=True))
    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        queue = Queue(instance, database_url)
        with queue.servers:
            yield queue
            processes = list(set(psutil.Process().children(recursive=True)) - others)
        left_after(30, processes)
