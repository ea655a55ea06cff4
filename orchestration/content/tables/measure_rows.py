"""The measures of texts, in ``content.measures``: one row for each text of a site, for all versions that have it."""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter

import psycopg

from orchestration.content.documents.text.measures import Measures
from orchestration.content.sites import Site
from orchestration.resources.copy_rows import copy_rows

MEASURES = tuple(field.name for field in fields(Measures))
COLUMNS = ("site", "user_code", "content_hash", *MEASURES)


def write_measures(connection: psycopg.Connection, site: Site, measures: Mapping[str, Measures]) -> None:
    """Write the measures of texts, by SHA-256 of their files, replacing old ones."""
    connection.execute(
        "delete from content.measures where site = %s and content_hash = any(%s)", [site.site, list(measures)]
    )
    values = attrgetter(*MEASURES)
    rows = ([site.site, site.user_code, digest, *values(it)] for digest, it in measures.items())
    copy_rows(connection, "content.measures", COLUMNS, rows)


def delete_unused_measures(connection: psycopg.Connection, site: Site) -> None:
    """Delete measures of texts that no document and no version has any more."""
    connection.execute(
        """
        delete from content.measures
        where
            site = %s
            and not exists (
                select from content.items
                where items.site = measures.site and items.content_hash = measures.content_hash
            )
            and not exists (
                select from content.content_versions as versions
                where versions.site = measures.site and versions.content_hash = measures.content_hash
            )
        """,
        [site.site],
    )
