"""Jobs of the rollups."""

import dagster as dg

from orchestration.content.assets import content_files
from orchestration.rollups.assets import refreshed, rollups
from orchestration.rollups.checks import marts_hold_what_was_collected

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.assets(content_files, rollups, refreshed),
    description="Read what changed in the content folder, then build every mart for a range of days.",
)
update = dg.define_asset_job(
    "update",
    # It runs every minute while people come; checks that read five weeks of events are for the night.
    selection=dg.AssetSelection.assets(*(spec.key for spec in rollups.specs if spec.partitions_def))
    - dg.AssetSelection.checks(marts_hold_what_was_collected),
    description="Build what holds days for a range of them, and nothing else: what the sensor of stale days asks for.",
)
refresh_content_analytics = dg.define_asset_job(
    "refresh_content_analytics",
    selection=dg.AssetSelection.assets(["marts", "mv_content_analytics"]),
    description="Refresh the last 30 days of each document.",
)
refresh_visitors = dg.define_asset_job(
    "refresh_visitors",
    selection=dg.AssetSelection.assets(["marts", "analytics_visitors"]),
    description="Refresh the table of visitors.",
)

defs = dg.Definitions(jobs=[build, update, refresh_content_analytics, refresh_visitors])
