"""Jobs of the lake."""

import dagster as dg

from orchestration.lake.assets import lake_events, lake_marts, retention
from orchestration.lake.checks import lake_holds_the_marts, lake_holds_what_postgres_holds
from orchestration.priorities import Priority

export = dg.define_asset_job(
    "export_lake",
    selection=dg.AssetSelection.assets(lake_events, lake_marts).without_checks(),
    tags=Priority.UPKEEP.tags,
    description="Write closed days of events and marts to the lake: what the sensor of changed days asks for.",
)
leave = dg.define_asset_job(
    "retention",
    selection=dg.AssetSelection.assets(retention) | dg.AssetSelection.assets(["access", "audit_log"]),
    tags=Priority.UPKEEP.tags,
    description=(
        "Drop days from PostgreSQL that are older than the retention, once the lake is proven to hold them; delete "
        "what is old of the audit log."
    ),
)
check = dg.define_asset_job(
    "check_lake",
    selection=dg.AssetSelection.checks(lake_holds_what_postgres_holds, lake_holds_the_marts),
    tags=Priority.UPKEEP.tags,
    description="Compare days of the lake with PostgreSQL.",
)

defs = dg.Definitions(jobs=[export, leave, check])
