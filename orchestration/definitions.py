"""The code location: what every stage defines, put together.

In each stage, ``assets.py``, ``checks.py``, ``jobs.py``, ``schedules.py`` and ``sensors.py`` are the wiring of Dagster;
the files beside them do the work, and import no Dagster.
"""

import dagster as dg

from orchestration.content import assets as content
from orchestration.content import checks as content_checks
from orchestration.content import jobs as content_jobs
from orchestration.content import sensors as content_sensors
from orchestration.events import assets as events
from orchestration.events import jobs as event_jobs
from orchestration.events import sensors as event_sensors
from orchestration.lake import assets as lake
from orchestration.lake import checks as lake_checks
from orchestration.lake import jobs as lake_jobs
from orchestration.lake import schedules as lake_schedules
from orchestration.lake import sensors as lake_sensors
from orchestration.notifications import assets as notifications
from orchestration.notifications import jobs as notification_jobs
from orchestration.notifications import schedules as notification_schedules
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB
from orchestration.rollups import assets as rollups
from orchestration.rollups import checks as rollup_checks
from orchestration.rollups import jobs as rollup_jobs
from orchestration.rollups import schedules as rollup_schedules
from orchestration.rollups import sensors as rollup_sensors
from orchestration.upkeep import assets as upkeep
from orchestration.upkeep import jobs as upkeep_jobs
from orchestration.upkeep import schedules as upkeep_schedules
from orchestration.upkeep import sensors as upkeep_sensors

STAGES = (
    *(content, content_checks, content_jobs, content_sensors),
    *(events, event_jobs, event_sensors),
    *(rollups, rollup_checks, rollup_jobs, rollup_schedules, rollup_sensors),
    *(lake, lake_checks, lake_jobs, lake_schedules, lake_sensors),
    *(notifications, notification_jobs, notification_schedules),
    *(upkeep, upkeep_jobs, upkeep_schedules, upkeep_sensors),
)

defs = dg.Definitions.merge(
    *(stage.defs for stage in STAGES),
    dg.Definitions(
        # No asset passes a value to another. Dagster's own manager would read pickles from a path in a run's config.
        resources={"database": Database(), "duckdb": DuckDB(), "io_manager": dg.mem_io_manager},
        # Starting a process for each step costs more than most of our steps.
        executor=dg.in_process_executor.configured({}),
    ),
)
