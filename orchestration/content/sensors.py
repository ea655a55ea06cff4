"""A new commit, or an edit in the working tree, starts a sync by itself."""

import dagster as dg

from orchestration.content.assets import content_files
from orchestration.content.changes import fingerprint
from orchestration.errors import DogearError
from orchestration.settings import Settings

sync_content_job = dg.define_asset_job(
    "sync_content",
    selection=dg.AssetSelection.assets(content_files),
    description="Read what changed in the content folder and its Git history.",
)


@dg.sensor(
    job=sync_content_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Compares the newest commit, and the files of the working tree, with those of the last sync.",
)
def content_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    root = Settings().content_root
    try:
        found = fingerprint(root)
    except DogearError as error:
        return dg.SkipReason(str(error))
    if found == context.cursor:
        return dg.SkipReason(f"Nothing has changed: {found}.")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=found)], cursor=found)


defs = dg.Definitions(jobs=[sync_content_job], sensors=[content_changes])
