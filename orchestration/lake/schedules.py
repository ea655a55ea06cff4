"""When days are dropped from PostgreSQL, and when the lake is compared with it."""

import dagster as dg

from orchestration.lake.jobs import check, leave

nightly_check = dg.ScheduleDefinition(
    job=check,
    cron_schedule="30 3 * * *",
    description="Each night, compares days of the lake with PostgreSQL.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
weekly_retention = dg.ScheduleDefinition(
    job=leave,
    cron_schedule="0 4 * * 0",
    description="On Sundays, lets old days leave PostgreSQL.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

defs = dg.Definitions(schedules=[nightly_check, weekly_retention])
