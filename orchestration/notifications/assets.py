"""Notifications as an asset: the wiring only."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.notifications.channels import usable_channels
from orchestration.notifications.deliver import deliver_due
from orchestration.notifications.make_notifications import make_notifications
from orchestration.resources.dagster_database import Database
from orchestration.resources.retries import PASSING_FAULTS


@dg.asset(
    key=["ops", "notifications"],
    deps=[dg.AssetKey(["raw", "events"]), dg.AssetKey(["content", "items"])],
    group_name="notifications",
    retry_policy=PASSING_FAULTS,
    owners=["team:events"],
    kinds={"postgres"},
    description="One row per notification of likes, comments and shares, and recipient; delivered where it is due.",
)
def notifications(context: dg.AssetExecutionContext, database: Database) -> dg.MaterializeResult[Any]:
    settings = database.settings
    channels, problems = usable_channels(settings)
    for problem in problems:
        context.log.warning(problem)
    made = make_notifications(database.url, datetime.now(UTC), settings.notifications_per_hour)
    done = deliver_due(database.url, channels)
    return dg.MaterializeResult(metadata={"made": made, **asdict(done), "problems": " ".join(problems)})


defs = dg.Definitions(assets=[notifications])
