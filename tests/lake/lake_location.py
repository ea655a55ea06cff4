"""A code location with the lake, without what else looks for work."""

import dagster as dg

from orchestration.events import assets as events
from orchestration.lake import assets, checks, sensors
from orchestration.resources.dagster_database import Database
from orchestration.resources.dagster_duckdb import DuckDB

defs = dg.Definitions.merge(
    events.defs,
    assets.defs,
    checks.defs,
    sensors.defs,
    dg.Definitions(resources={"database": Database(), "duckdb": DuckDB()}, executor=dg.in_process_executor),
)
