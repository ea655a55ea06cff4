"""Run the build job in this process, with progress; Dagster records the runs like any other."""

import os
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Any

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.resources.dagster_home import prepare_dagster_home
from orchestration.resources.run_worker import ASKED_BY_TAG
from orchestration.settings import Settings

INTERRUPTED = "interrupted"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def build_ranges(
    settings: Settings, database_url: str, ranges: Sequence[DayRange], say: Callable[[str], object]
) -> None:
    """Build each of ``ranges`` in a run of its own and ``say`` how it went.

    Raise DogearError, after the last, if one could not be built.
    """
    os.environ.update(prepare_dagster_home(settings, database_url))

    from dagster import BetaWarning, DagsterInstance

    from orchestration.terminal_display import progress_bar

    with warnings.catch_warnings():
        # A person who runs a build need not know that some parameters of Dagster are in beta.
        warnings.simplefilter("ignore", BetaWarning)
        from orchestration.definitions import defs

        job = defs.resolve_job_def("build")
    failed: list[str] = []
    (settings.home_folder / "dbt").mkdir(exist_ok=True)
    # Open to the end: after Ctrl-C, dbt's threads still write while the process ends.
    dbt_log = (settings.home_folder / "dbt" / "build.log").open("a", buffering=1)
    with DagsterInstance.get() as instance, progress_bar() as progress:
        for days in ranges:
            started = time.monotonic()
            # dbt's own lines would break the progress bar.
            with redirect_stdout(dbt_log):
                failures = run_job(job, instance, days, progress)
            if INTERRUPTED in failures:
                raise KeyboardInterrupt
            if failures:
                failed.append(f"{days} could not be built: {'; '.join(failures)} See {dbt_log.name}.")
            else:
                say(f"{days}: built in {time.monotonic() - started:.1f} s.")
    if failed:
        raise DogearError(" ".join(failed))


def run_job(job: Any, instance: Any, days: DayRange, progress: Any) -> list[str]:
    """Run the job over ``days``; return what failed."""
    from dagster import DagsterEventType
    from dagster._core.utils import make_new_run_id

    from orchestration.partitions import run_tags

    task = progress.add_task(str(days), total=len(job.asset_layer.executable_asset_keys))
    failures: list[str] = []

    def on_event(entry: Any) -> None:
        event = entry.dagster_event
        if event is None:
            return
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            progress.update(task, advance=1, description=f"{days}: {event.asset_key.to_user_string()}")
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            error = event.event_specific_data.error
            said = str((error.cause or error).message).strip()
            # It begins with the name of the class.
            name, _, message = said.partition(": ")
            failures.append(INTERRUPTED if "Interrupt" in name else message or said)

    run_id = make_new_run_id()
    instance.add_event_listener(run_id, on_event)
    # No retry: the caller sees it fail and can repeat it, and no other process could take over a run of this one.
    tags = run_tags(days) | {ASKED_BY_TAG: "dogear build", "dagster/max_retries": "0"}
    result = job.execute_in_process(instance=instance, run_id=run_id, run_config=QUIET, tags=tags, raise_on_error=False)
    progress.remove_task(task)
    return [] if result.success else failures or ["the run failed."]
