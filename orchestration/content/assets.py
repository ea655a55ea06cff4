"""Content as assets: the wiring only; the work is in ``sync.py``."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.content.sync import sync_content
from orchestration.resources.dagster_database import Database

ITEMS = dg.AssetKey(["content", "items"])
FILE_SYNC_STATUS = dg.AssetKey(["content", "file_sync_status"])


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ITEMS,
            description="One row per document that stands in the site's content folder now.",
            group_name="content",
            owners=["team:content"],
            kinds={"markdown", "postgres"},
        ),
        dg.AssetSpec(
            FILE_SYNC_STATUS,
            description="One row per file in the content folder: how the last reading of it went.",
            group_name="content",
            owners=["team:content"],
            kinds={"markdown", "postgres"},
        ),
    ],
)
def content_files(database: Database) -> Iterator[dg.MaterializeResult[Any]]:
    """Read the changed files of the content folder into tables."""
    settings = database.settings
    done = sync_content(database.url, settings.content_root, settings.site, settings.user_code)
    files = done.synced + done.unchanged + done.failed
    counts = {"read": done.synced, "unchanged": done.unchanged, "gone": done.deleted, "not readable": done.failed}
    yield dg.MaterializeResult(ITEMS, metadata={"dagster/row_count": files - done.failed, **counts})
    yield dg.MaterializeResult(FILE_SYNC_STATUS, metadata={"dagster/row_count": files, **counts})


@dg.asset_check(asset=FILE_SYNC_STATUS, description="Every file in the content folder can be read.")
def files_are_readable(database: Database) -> dg.AssetCheckResult:
    from orchestration.content.sync_errors import unreadable_files

    unreadable = unreadable_files(database.url, database.settings.site)
    return dg.AssetCheckResult(
        passed=not unreadable,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(unreadable),
    )


defs = dg.Definitions(assets=[content_files], asset_checks=[files_are_readable])
