"""When salts are destroyed, and counts summed up."""

import dagster as dg

from orchestration.upkeep.jobs import destroy_salts, sum_up_day_counts

nightly_salts = dg.ScheduleDefinition(
    job=destroy_salts, cron_schedule="0 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)
nightly_counts = dg.ScheduleDefinition(
    job=sum_up_day_counts, cron_schedule="10 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)

defs = dg.Definitions(schedules=[nightly_salts, nightly_counts])
