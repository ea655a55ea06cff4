"""Requests an export of the days whose file in the lake is missing or outdated: the wiring only."""

import time
from collections import defaultdict
from datetime import date

import dagster as dg

from orchestration.asking.ask_for_days import UNFINISHED, ask_for, digest, skip
from orchestration.asking.asked_runs import Memory
from orchestration.days import DayRange, ranges
from orchestration.lake.days import ChangedDay, changed_days, lake_days
from orchestration.lake.jobs import export
from orchestration.lake.tables import TABLES
from orchestration.partitions import run_tags
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.resources.postgres import connect

LOOK_EVERY = 300
# The others follow with the next ticks.
MOST_AT_ONCE = 20
ONLY_CHANGED = dg.RunConfig({op: {"config": {"only_changed": True}} for op in ("lake__events", "lake__marts")})


@dg.sensor(
    job=export,
    minimum_interval_seconds=LOOK_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks for closed days whose file in the lake is missing or outdated.",
)
def changed_lake_days(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    memory, now = Memory.read(context.cursor), time.time()
    if context.instance.get_runs(dg.RunsFilter(job_name=export.name, statuses=UNFINISHED), limit=1):
        return skip("An export is under way.", memory)
    with connect(database.url) as connection:
        changed = defaultdict[date, list[ChangedDay]](list)
        for table in TABLES.values():
            for found in changed_days(connection, table=table):
                changed[found.day].append(found)
        known = {day.day for table in TABLES.values() for day in lake_days(connection, table=table)}
    if not changed:
        return skip("The lake holds every closed day.", memory.without_old(now))
    states = {days: digest([changed.get(day) for day in days.with_days_around(0)]) for days in ranges(changed, known)}
    return ask_for(states, memory, now, export_of, most=MOST_AT_ONCE)


def export_of(days: DayRange, run_key: str) -> dg.RunRequest:
    return dg.RunRequest(run_key=run_key, run_config=ONLY_CHANGED, tags=run_tags(days) | Priority.UPKEEP.tags)


defs = dg.Definitions(sensors=[changed_lake_days])
