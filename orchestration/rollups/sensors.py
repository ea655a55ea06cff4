"""Days of any age whose events, documents or rules changed are rebuilt automatically."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial

import dagster as dg

from orchestration.asking.ask_for_days import UNFINISHED, ask_for, digest, skip
from orchestration.asking.asked_runs import Memory
from orchestration.days import DayRange, today
from orchestration.partitions import run_tags
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.resources.postgres import connect
from orchestration.rollups.assets import rollups
from orchestration.rollups.dbt_project import parsed_project, views_and_seeds
from orchestration.rollups.jobs import build, update
from orchestration.rollups.session_rules import session_rules
from orchestration.rollups.stale_days import (
    Built,
    built_days,
    content_state,
    days_of_other_content,
    days_to_build,
    missing_tables,
    waiting_days,
)

LOOK_EVERY = 30
BUILDS = {build.name, update.name}


@dg.sensor(
    jobs=[update, build],
    minimum_interval_seconds=LOOK_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks for days whose events, documents or rules are not those that their marts were made of.",
)
def stale_days(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    memory, now = Memory.read(context.cursor), time.time()
    if is_building(context.instance):
        return skip("A build is under way.", memory)
    with connect(database.url) as connection:
        content, built = content_state(connection), built_days(connection) or {}
        rules = session_rules(connection)
        # The search reads all of history: once it found nothing, it is not repeated until content changes.
        moved = days_of_other_content(connection) if content != memory.content else set[date]()
    if not moved:
        memory = replace(memory, content=content)
    waiting = waiting_days(built, datetime.now(UTC))
    found = days_to_build(database.url, database.settings, always=moved, waiting=waiting, look_at_content=False)
    if not found:
        return skip("Every day is built that is due.", memory.without_old(now))
    states = {days: state(days, built, content, rules) for days in found}
    # Once for all of them, and only if one is due.
    job = cache(partial(job_for, database))

    def build_of(days: DayRange, run_key: str) -> dg.RunRequest:
        return dg.RunRequest(job_name=job(), run_key=run_key, tags=run_tags(days) | priority(days).tags)

    return ask_for(states, memory, now, build_of)


def state(days: DayRange, built: dict[date, Built], *of: object) -> str:
    """Return a digest of the marts' state of ``days``: if it is the same after a build, that build failed.

    Events that arrived meanwhile do not count: on days that cannot be built, new visits do not help.
    """
    made_of = sorted((day, by) for day, by in built.items() if days.first <= day <= days.last)
    return digest(str(days), made_of, of)


def job_for(database: Database) -> str:
    """Return the job that builds only days, unless somebody dropped a relation that these read."""
    needed = views_and_seeds(parsed_project(database.url, database.settings))
    with connect(database.url) as connection:
        return build.name if missing_tables(connection, needed) else update.name


def is_building(instance: dg.DagsterInstance) -> bool:
    """Return whether a run that builds days is queued or running, backfills too."""
    runs = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    return any(run.job_name in BUILDS or (run.asset_selection or set()) & rollups.keys for run in runs)


def priority(days: DayRange) -> Priority:
    """Return the priority: people look at today's numbers, and late events have waited already."""
    return Priority.TODAY if days.last >= today() else Priority.LATE


defs = dg.Definitions(sensors=[stale_days])
