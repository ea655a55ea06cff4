"""What must be done regularly and makes no new numbers."""

from typing import Any

import dagster as dg

from orchestration.access.accounts import forget_audit
from orchestration.events.visitor_salts import destroy_old_salts
from orchestration.resources.dagster_database import Database
from orchestration.resources.postgres import connect
from orchestration.resources.retries import PASSING_FAULTS


@dg.asset(
    key=["raw", "visitor_salts"],
    group_name="upkeep",
    retry_policy=PASSING_FAULTS,
    owners=["team:events"],
    kinds={"postgres"},
    description="One row per UTC day whose salt is still known; a salt is destroyed two days after it was made.",
)
def visitor_salts(database: Database) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(metadata={"destroyed": destroy_old_salts(database.url)})


@dg.asset(
    key=["raw", "day_counts"],
    group_name="upkeep",
    retry_policy=PASSING_FAULTS,
    owners=["team:events"],
    kinds={"postgres"},
    description=(
        "How many events of people each UTC day holds; by it, days that must be built are found. Each load adds a row "
        "per day, and by night one row is made of all that a day has."
    ),
)
def day_counts(database: Database) -> dg.MaterializeResult[Any]:
    with connect(database.url) as connection:
        summed_up = connection.execute("select raw.sum_up_day_counts()").fetchall()[0][0]
        rows = connection.execute("select count(*) from raw.day_counts").fetchall()[0][0]
    return dg.MaterializeResult(metadata={"rows summed up": summed_up, "dagster/row_count": rows})


@dg.asset(
    key=["access", "audit_log"],
    group_name="upkeep",
    retry_policy=PASSING_FAULTS,
    owners=["team:access"],
    kinds={"postgres"},
    description=(
        "One row per sign-in, refused sign-in, export, erasure, and change of an account or key. Rows are deleted "
        "after DOGEAR_AUDIT_DAYS days."
    ),
)
def audit_log(database: Database) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(metadata={"deleted": forget_audit(database.url, database.settings.audit_days)})


defs = dg.Definitions(assets=[visitor_salts, day_counts, audit_log])
