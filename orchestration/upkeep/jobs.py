"""Jobs of the upkeep."""

import dagster as dg

from orchestration.priorities import Priority
from orchestration.upkeep.assets import day_counts, visitor_salts

destroy_salts = dg.define_asset_job(
    "destroy_visitor_salts",
    selection=[visitor_salts],
    tags=Priority.UPKEEP.tags,
    description="Destroy the salts that have lived for two days.",
)
sum_up_day_counts = dg.define_asset_job(
    "sum_up_day_counts",
    selection=[day_counts],
    tags=Priority.UPKEEP.tags,
    description="Make one row of all the counts that a day has.",
)

defs = dg.Definitions(jobs=[destroy_salts, sum_up_day_counts])
