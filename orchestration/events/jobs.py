"""The job that imports dropped files."""

import dagster as dg

from orchestration.content.sites import all_sites
from orchestration.errors import DogearError
from orchestration.events.logs.drop_folder import import_dropped
from orchestration.resources.dagster_database import Database
from orchestration.resources.retries import PASSING_FAULTS
from orchestration.visible_text import visible_text


@dg.op(
    retry_policy=PASSING_FAULTS,
    description="Imports each file that is ready in the drop folder, and moves it to .done or .failed.",
)
def import_drop_folder(context: dg.OpExecutionContext, database: Database) -> None:
    settings = database.settings
    outcomes = import_dropped(
        *(database.url, settings.drop_path, all_sites(database.url)),
        spill=settings.home_folder,
        memory_limit=settings.duckdb_memory,
    )
    files, rows, failed = 0, 0, 0
    warnings: list[str] = []
    for outcome in outcomes:
        if isinstance(outcome.result, DogearError):
            failed += 1
            context.log.error(visible_text(str(outcome.result)))
        else:
            files, rows = files + 1, rows + outcome.result.events_added
            context.log.info("%s: %s events added", visible_text(outcome.result.file), outcome.result.events_added)
        for warning in map(visible_text, outcome.warnings):
            context.log.warning("%s: %s", visible_text(outcome.file.path.name), warning)
            warnings.append(warning)
    metadata: dict[str, int | str] = {"files": files, "rows": rows, "files that failed": failed}
    if warnings:
        metadata["warnings"] = "\n\n".join(dict.fromkeys(warnings))
    context.log_event(dg.AssetMaterialization(["raw", "events"], metadata=metadata))


@dg.job(description="Import what stands in the drop folder.")
def import_dropped_files() -> None:
    import_drop_folder()


defs = dg.Definitions(jobs=[import_dropped_files])
