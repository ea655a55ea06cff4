"""The launcher of runs that ``dagster.yaml`` names: Dagster's own, which also checks whether a run is still alive."""

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

from orchestration.resources.run_worker import WORKER_TAG, is_alive


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """The code server reports a killed run; this reports it if the code server was killed too.

    Otherwise such a run would seem to go on for ever, and keep its place in the queue from others.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        if is_alive(run.tags.get(WORKER_TAG), run.run_id) is False:
            return CheckRunHealthResult(WorkerStatus.FAILED, "The run's process has ended before the run.")
        return CheckRunHealthResult(WorkerStatus.RUNNING)
