"""Content as assets: the wiring only; the work is in ``sync.py``."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from orchestration.content.sync import sync_content
from orchestration.resources.dagster_database import Database

ITEMS = dg.AssetKey(["content", "items"])
FILE_SYNC_STATUS = dg.AssetKey(["content", "file_sync_status"])
CONTENT_VERSIONS = dg.AssetKey(["content", "content_versions"])
SEARCH_INDEX = dg.AssetKey(["content", "search_index"])

content_table = partial(dg.AssetSpec, group_name="content", owners=["team:content"])


@dg.multi_asset(
    specs=[
        content_table(
            ITEMS,
            description="One row per document that stands in the site's content folder now.",
            kinds={"markdown", "postgres"},
        ),
        content_table(
            FILE_SYNC_STATUS,
            description="One row per file in the content folder: how the last reading of it went.",
            kinds={"markdown", "postgres"},
        ),
        content_table(
            CONTENT_VERSIONS,
            description="One row per document and commit that touched it, since the first commit.",
            kinds={"git", "postgres"},
        ),
        content_table(
            SEARCH_INDEX,
            description="One row per published document and language, as it is searched.",
            kinds={"postgres"},
        ),
    ],
)
def content_files(database: Database) -> Iterator[dg.MaterializeResult[Any]]:
    """Read the changed files of the content folder, and its new commits, into tables."""
    settings = database.settings
    done = sync_content(database.url, settings.content_root, settings.site, settings.user_code)
    files = done.synced + done.unchanged + done.failed
    counts = {"read": done.synced, "unchanged": done.unchanged, "gone": done.deleted, "not readable": done.failed}
    yield dg.MaterializeResult(ITEMS, metadata={"dagster/row_count": files - done.failed, **counts})
    yield dg.MaterializeResult(FILE_SYNC_STATUS, metadata={"dagster/row_count": files, **counts})
    yield dg.MaterializeResult(CONTENT_VERSIONS, metadata={"versions added": done.versions})
    yield dg.MaterializeResult(SEARCH_INDEX, metadata={"documents indexed": done.synced})


@dg.asset_check(asset=FILE_SYNC_STATUS, description="Every file in the content folder can be read.")
def files_are_readable(database: Database) -> dg.AssetCheckResult:
    from orchestration.content.sync_errors import unreadable_files

    unreadable = unreadable_files(database.url, database.settings.site)
    return dg.AssetCheckResult(
        passed=not unreadable,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(unreadable),
    )


@dg.asset_check(asset=ITEMS, description="No two published documents claim the same URL.")
def urls_are_unique(database: Database) -> dg.AssetCheckResult:
    from orchestration.content.sync_errors import urls_claimed_twice

    claimed = urls_claimed_twice(database.url, database.settings.site)
    return dg.AssetCheckResult(
        passed=not claimed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={path: ", ".join(files) for path, files in claimed.items()},
    )


defs = dg.Definitions(assets=[content_files], asset_checks=[files_are_readable, urls_are_unique])
