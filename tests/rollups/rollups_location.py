"""A code location with the rollups and their content, without what else looks for work."""

import dagster as dg

from orchestration.content import assets as content
from orchestration.resources.dagster_database import Database
from orchestration.rollups import assets, checks, jobs, schedules, sensors

defs = dg.Definitions.merge(
    content.defs,
    *(stage.defs for stage in (assets, checks, jobs, schedules, sensors)),
    dg.Definitions(resources={"database": Database()}, executor=dg.in_process_executor),
)
