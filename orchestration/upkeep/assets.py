"""What must be done regularly and makes no new numbers."""

from typing import Any

import dagster as dg

from orchestration.events.visitor_salts import destroy_old_salts
from orchestration.resources.dagster_database import Database


@dg.asset(
    key=["raw", "visitor_salts"],
    group_name="upkeep",
    owners=["team:events"],
    kinds={"postgres"},
    description="One row per UTC day whose salt is still known; a salt is destroyed two days after it was made.",
)
def visitor_salts(database: Database) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(metadata={"destroyed": destroy_old_salts(database.url)})


destroy_salts = dg.define_asset_job("destroy_visitor_salts", selection=[visitor_salts])

defs = dg.Definitions(
    assets=[visitor_salts],
    schedules=[
        dg.ScheduleDefinition(
            job=destroy_salts, cron_schedule="0 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING
        )
    ],
)
