"""The job of the notifications."""

import dagster as dg

from orchestration.notifications.assets import notifications

notify = dg.define_asset_job(
    "notify",
    selection=[notifications],
    description="Make notifications of new likes, comments and shares, and deliver those that are due.",
)

defs = dg.Definitions(jobs=[notify])
