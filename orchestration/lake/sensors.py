"""Asks for an export of the days that are not in the lake as PostgreSQL holds them: the wiring only."""

import hashlib
import time

import dagster as dg

from orchestration.lake.assets import export
from orchestration.lake.days import changed_days, lake_days
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.resources.postgres import connect
from orchestration.rollups.asked_builds import Memory
from orchestration.rollups.jobs import run_tags
from orchestration.rollups.stale_days import ranges

LOOK_EVERY = 300
# The others come with the next looks.
MOST_AT_ONCE = 20
ONLY_CHANGED = dg.RunConfig({"lake__events": {"config": {"only_changed": True}}})
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job=export,
    minimum_interval_seconds=LOOK_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks for closed days that the lake does not hold yet, or not as PostgreSQL does.",
)
def changed_lake_days(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    memory, now = Memory.read(context.cursor), time.time()
    if context.instance.get_runs(dg.RunsFilter(job_name=export.name, statuses=UNFINISHED), limit=1):
        return dg.SensorResult(skip_reason="An export is under way.", cursor=memory.written())
    with connect(database.url) as connection:
        changed = {found.day: found for found in changed_days(connection)}
        known = {day.day for day in lake_days(connection)}
    if not changed:
        return dg.SensorResult(skip_reason="The lake holds every closed day.", cursor=memory.without_old(now).written())
    found = ranges(changed, known)
    states = {days: repr([changed.get(day) for day in days.with_days_around(0)]) for days in found}
    digests = {days: hashlib.sha256(said.encode()).hexdigest()[:32] for days, said in states.items()}
    due = [days for days in found if memory.is_due(str(days), digests[days], now)][:MOST_AT_ONCE]
    if not due:
        reason = f"{', '.join(map(str, found))}: asked for a moment ago."
        return dg.SensorResult(skip_reason=reason, cursor=memory.written())
    requests = [
        dg.RunRequest(
            run_key=f"{digests[days]} {days} {now:.0f}",
            run_config=ONLY_CHANGED,
            tags=run_tags(days) | Priority.UPKEEP.tags,
        )
        for days in due
    ]
    memory = memory.without_old(now, keep=map(str, found)).with_asked({str(days): digests[days] for days in due}, now)
    return dg.SensorResult(run_requests=requests, cursor=memory.written())


defs = dg.Definitions(sensors=[changed_lake_days])
