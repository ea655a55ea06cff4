"""A new commit, or an edit in a working tree, starts a sync by itself; so does a request for a build that is due."""

import json

import dagster as dg

from orchestration.content.assets import SitesToSync, content_files
from orchestration.content.builds.build_requests import builds_due
from orchestration.content.changes import fingerprint
from orchestration.content.sites import all_sites
from orchestration.errors import DogearError
from orchestration.resources.dagster_database import Database

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
    found: dict[str, str] = {}
    requests: list[dg.RunRequest] = []
    problems: list[str] = []
    due = builds_due(database.url)
    for site in all_sites(database.url):
        before = seen.get(site.site, "")
        try:
            now = fingerprint(site, settings.home_folder, settings.git_tokens)
        except DogearError as error:
            # A source that cannot be looked at now is looked at again; what was seen of it stays seen.
            problems.append(str(error))
            now = before
        found[site.site] = now
        if now != before or site.site in due:
            config = {"ops": {"content_files": SitesToSync(sites=[site.site])}}
            run_key = f"{site.site}: {now} {due.get(site.site, '')}"
            requests.append(dg.RunRequest(run_key=run_key, run_config=dg.RunConfig(**config), tags={"site": site.site}))
    reason = " ".join(problems) or "Nothing has changed."
    return dg.SensorResult(
        run_requests=requests, cursor=json.dumps(found), skip_reason=None if requests else dg.SkipReason(reason)
    )


defs = dg.Definitions(jobs=[sync_content_job], sensors=[content_changes])
