"""The code location: what every stage defines, put together."""

import dagster as dg

from orchestration.content import assets as content
from orchestration.content import checks as content_checks
from orchestration.content import sensors as content_sensors
from orchestration.events import assets as events
from orchestration.events import sensors as event_sensors
from orchestration.lake import assets as lake
from orchestration.lake import checks as lake_checks
from orchestration.lake import sensors as lake_sensors
from orchestration.notifications import assets as notifications
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB
from orchestration.rollups import jobs as rollups
from orchestration.rollups import sensors as rollup_sensors
from orchestration.upkeep import assets as upkeep
from orchestration.upkeep import failed_runs_sensor

defs = dg.Definitions.merge(
    content.defs,
    content_checks.defs,
    content_sensors.defs,
    events.defs,
    event_sensors.defs,
    lake.defs,
    lake_checks.defs,
    lake_sensors.defs,
    notifications.defs,
    rollups.defs,
    rollup_sensors.defs,
    upkeep.defs,
    failed_runs_sensor.defs,
    dg.Definitions(
        # No asset hands a value to another. Dagster's own manager would read pickles from where a run's config says.
        resources={"database": Database(), "duckdb": DuckDB(), "io_manager": dg.mem_io_manager},
        # Starting a process for each step costs more than most of our steps.
        executor=dg.in_process_executor.configured({}),
    ),
)
