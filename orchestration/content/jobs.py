"""The job of the content."""

import dagster as dg

from orchestration.content.assets import content_files

sync_content_job = dg.define_asset_job(
    "sync_content",
    selection=dg.AssetSelection.assets(content_files),
    description="Read what changed in the content of some sites and its Git history.",
)

defs = dg.Definitions(jobs=[sync_content_job])
