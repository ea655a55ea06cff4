"""A new commit, or an edit in a working tree, starts a sync automatically; so does a build request that is due."""

import json
import time
from datetime import UTC, datetime
from typing import NamedTuple

import dagster as dg

from orchestration.content.assets import SitesToSync
from orchestration.content.builds.build_requests import builds_due
from orchestration.content.jobs import sync_content_job
from orchestration.content.sites import all_sites, fingerprints, note_sync_error
from orchestration.content.sources.changes import fingerprint
from orchestration.content.sources.remotes import GitAccess
from orchestration.content.sources.repositories import RepositoryBusyError
from orchestration.errors import DogearError
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database

LONGEST_TAG = 200
# Seconds until a requested sync that has not happened is requested again.
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600


class Asked(NamedTuple):
    """The state of a site for which a sync was requested, how often, and when it may be requested again (Unix time)."""

    fingerprint: str
    tries: int
    again_at: float


@dg.sensor(
    job=sync_content_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Compares the newest commit, and the files of a working tree, with those of the last tick, by site.",
)
def content_changes(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    settings, now = database.settings, time.time()
    access = GitAccess.granted_by(settings)
    asked = {name: Asked(*known) for name, known in json.loads(context.cursor or "{}").items()}
    read, due = fingerprints(database.url), builds_due(database.url, datetime.now(UTC))
    wanted: dict[str, Asked] = {}
    changed: list[str] = []
    problems: list[str] = []
    for site in all_sites(database.url):
        name = site.site
        before = wanted[name] = asked.get(name, Asked("", 0, 0))
        try:
            found = f"{fingerprint(site, settings.home_folder, access)} {due.get(name, '')}".strip()
        except DogearError as error:
            # An unreachable source is tried again; the content that was read stays.
            problems.append(str(error))
            if not isinstance(error, RepositoryBusyError):
                note_sync_error(database.url, name, str(error))
            continue
        if found == read.get(name) or not site.repository:
            wanted[name] = Asked(found, 0, 0)
        elif found != before.fingerprint or now >= before.again_at:
            tries = before.tries + 1 if found == before.fingerprint else 1
            wanted[name] = Asked(found, tries, now + min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE))
            changed.append(name)
    request = dg.RunRequest(
        run_config=dg.RunConfig(ops={"content_files": SitesToSync(sites=changed)}),
        tags={"sites": ", ".join(changed)[:LONGEST_TAG]} | Priority.CONTENT.tags,
    )
    return dg.SensorResult(
        run_requests=[request] if changed else [],
        cursor=json.dumps(wanted),
        skip_reason=None if changed else dg.SkipReason(" ".join(problems) or "Nothing has changed."),
    )


defs = dg.Definitions(sensors=[content_changes])
