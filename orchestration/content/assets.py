"""Content as assets: the wiring only; the work is in ``sync_sites.py``."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.content.sites import all_sites, count_rows
from orchestration.content.sync_sites import sentence, sync_sites
from orchestration.resources.dagster_database import Database
from orchestration.resources.retries import PASSING_FAULTS

TABLES = {
    "items": ("One row per document that stands in a site's content folder now.", {"markdown"}, []),
    "file_sync_status": ("One row per file in a content folder: how the last reading of it went.", {"markdown"}, []),
    "content_versions": ("One row per document and commit that touched it, since the first commit.", {"git"}, []),
    "measures": ("One row per text of a site: words, reading time, readability, what it holds.", {"markdown"}, []),
    "links": ("One row per link and image of a document.", {"markdown"}, []),
    "files": ("One row per file of a site that is no document, and is served as it is.", {"git"}, []),
    "search_index": ("One row per published document and language, as it is searched.", set[str](), ["items"]),
    "media": ("One row per image file of a site, and what is published of it.", set[str](), ["files"]),
    "build_requests": ("One row per commit for which a site's host is asked to build it.", set[str](), ["items"]),
}


# Views, which the database computes for each query: nothing fills them.
VIEWS = {
    "paths": (
        "One row per document and URL under which visitors see it or saw it; a view.",
        ["items", "content_versions"],
    ),
    "broken_links": (
        "One row per internal link or image that leads nowhere; a view.",
        ["links", "items", "content_versions", "files"],
    ),
}


def key(table: str) -> dg.AssetKey:
    return dg.AssetKey(["content", table])


def content_table(table: str, description: str, kinds: set[str], needs: Sequence[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key(table),
        description=description,
        kinds=kinds,
        group_name="content",
        owners=["team:content"],
        deps=[key(dependency) for dependency in needs],
    )


class SitesToSync(dg.Config):
    """Names of sites; empty means all."""

    sites: list[str] = Field(default_factory=list[str])


@dg.multi_asset(
    specs=[
        content_table(table, description, {*kinds, "postgres"}, needs)
        for table, (description, kinds, needs) in TABLES.items()
    ],
    retry_policy=PASSING_FAULTS,
)
def content_files(database: Database, config: SitesToSync) -> Iterator[dg.MaterializeResult[Any]]:
    """Read what changed in the sites' repositories into tables, publish their images, ask for their builds.

    The check ``sites_are_read`` reports a site that cannot be read; it stops neither the others nor the rollups.
    """
    # A site that was removed meanwhile is skipped.
    sites = [site for site in all_sites(database.url) if not config.sites or site.site in config.sites]
    done = sync_sites(database.settings, database.url, sites)
    sentences = {site: sentence(result) for site, result in done.items()}
    for table in TABLES:
        rows = {"dagster/row_count": count_rows(database.url, table)}
        yield dg.MaterializeResult(key(table), metadata={**rows, **sentences})


goals = content_table("goals", "One row per goal of a site: events that count as conversions.", {"postgres"}, [])
views = [content_table(view, description, {"postgres"}, needs) for view, (description, needs) in VIEWS.items()]

defs = dg.Definitions(assets=[content_files, goals, *views])
