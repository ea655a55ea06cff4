"""The queue of runs, as ``dagster.yaml`` names it: Dagster's own, in which each run has a priority from 1 to 10."""

import dagster as dg
from dagster._core.run_coordinator import SubmitRunContext

from orchestration.priorities import PRIORITY_TAG, priority_of


class PriorityQueue(dg.QueuedRunCoordinator[dg.DagsterInstance]):
    """Without it, runs without a priority, such as those started in the UI, would wait for all others."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        run = context.dagster_run
        priority = str(priority_of(dict(run.tags)))
        if run.tags.get(PRIORITY_TAG) != priority:
            self._instance.add_run_tags(run.run_id, {PRIORITY_TAG: priority})
        # Otherwise Dagster would see a pool only when it launches its first runs, and launch them all at once.
        storage, pools = self._instance.event_log_storage, run.run_op_concurrency and run.run_op_concurrency.all_pools
        for pool in set(pools or ()) - storage.get_concurrency_keys():
            storage.initialize_concurrency_limit_to_default(pool)
        return super().submit_run(context)
