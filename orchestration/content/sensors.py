"""A new commit, or an edit in a working tree, starts a sync by itself; so does a request for a build that is due."""

import hashlib
import json

import dagster as dg

from orchestration.content.assets import SitesToSync, content_files
from orchestration.content.builds.build_requests import builds_due
from orchestration.content.changes import fingerprint
from orchestration.content.sites import all_sites, fingerprints
from orchestration.errors import DogearError
from orchestration.resources.dagster_database import Database

LONGEST_TAG = 200

sync_content_job = dg.define_asset_job(
    "sync_content",
    selection=dg.AssetSelection.assets(content_files),
    description="Read what changed in the content of some sites and its Git history.",
)


@dg.sensor(
    job=sync_content_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Compares the newest commit, and the files of a working tree, with those of the last tick, by site.",
)
def content_changes(context: dg.SensorEvaluationContext, database: Database) -> dg.SensorResult:
    settings = database.settings
    seen: dict[str, str] = json.loads(context.cursor or "{}")
    read, due = fingerprints(database.url), builds_due(database.url)
    found: dict[str, str] = {}
    changed: dict[str, str] = {}
    problems: list[str] = []
    for site in all_sites(database.url):
        name = site.site
        try:
            found[name] = fingerprint(site, settings.home_folder, settings.git_tokens)
        except DogearError as error:
            # A source that cannot be looked at now is looked at again; what was seen of it stays seen.
            problems.append(str(error))
            found[name] = seen.get(name, "")
        if name in due or found[name] not in {seen.get(name, ""), read.get(name)}:
            changed[name] = f"{found[name]} {due.get(name, '')}"
    request = dg.RunRequest(
        run_key=hashlib.sha256(json.dumps(changed).encode()).hexdigest(),
        run_config=dg.RunConfig(ops={"content_files": SitesToSync(sites=list(changed))}),
        tags={"sites": ", ".join(changed)[:LONGEST_TAG]},
    )
    return dg.SensorResult(
        run_requests=[request] if changed else [],
        cursor=json.dumps(found),
        skip_reason=None if changed else dg.SkipReason(" ".join(problems) or "Nothing has changed."),
    )


defs = dg.Definitions(jobs=[sync_content_job], sensors=[content_changes])
