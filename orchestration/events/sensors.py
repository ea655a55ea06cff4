"""A file in the drop folder is imported by itself."""

import hashlib
import json
import time
from typing import NamedTuple

import dagster as dg

from orchestration.content.sites import all_sites
from orchestration.events.jobs import import_dropped_files
from orchestration.events.logs.drop_folder import DroppedFile, look_into
from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database

# Seconds until a run that was asked for, and has not come to pass, is asked for again.
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600
LONGEST_REASON = 2000


class Asked(NamedTuple):
    """For which files a run was asked, how often, and when it may be asked for again (Unix time)."""

    files: str
    tries: int
    again_at: float


@dg.sensor(
    job=import_dropped_files,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks for files in the drop folder that nobody writes to any more.",
)
def drop_folder_sensor(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    settings, now = database.settings, time.time()
    before = Asked(*json.loads(context.cursor)) if context.cursor else Asked("", 0, 0)
    look = look_into(settings.drop_path, {site.site for site in all_sites(database.url)}, now)
    found = fingerprint(look.ready)
    if not found or (found == before.files and now < before.again_at):
        reason = " ".join(look.problems) or f"There is nothing new in {settings.drop_path}."
        return dg.SensorResult(skip_reason=dg.SkipReason(reason[:LONGEST_REASON]))
    tries = before.tries + 1 if found == before.files else 1
    asked = Asked(found, tries, now + min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE))
    # The time too: the same file may come again after it was imported.
    request = dg.RunRequest(run_key=f"{found} {now:.3f}", tags={"files": str(len(look.ready))} | Priority.TODAY.tags)
    return dg.SensorResult(run_requests=[request], cursor=json.dumps(asked))


def fingerprint(files: list[DroppedFile]) -> str:
    """Return what tells these files, as they are now, from others; empty for none."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{str(file.path)!a} {file.state}\n".encode())
    return digest.hexdigest()[:32] if files else ""


defs = dg.Definitions(sensors=[drop_folder_sensor])
