"""From Git to tables: ``content.content_versions`` holds every commit that touched a document of a site."""

import posixpath
from collections.abc import Iterable

import psycopg

from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.history.git_history import Checkout, is_ancestor, read_commits
from orchestration.content.history.lineages import HistoryNeeded, Known, Lineage, Lineages
from orchestration.content.history.versions import History, Version
from orchestration.content.sites import Site
from orchestration.resources.copy_rows import copy_rows

COLUMNS = (
    *("content_id", "path_id", "version_number", "content_type", "file_path", "url_path", "change_type"),
    *("change_summary", "title", "content_hash", "content_snapshot"),
    *("author_name", "author_email", "authored_at", "commit_hash"),
)


def follow_history(
    connection: psycopg.Connection, checkout: Checkout | None, site: Site, conventions: Conventions, after: str | None
) -> History | None:
    """Return the documents through the commits after ``after``; through all if history was rewritten since.

    None outside of Git.
    """
    if checkout is None:
        connection.execute("delete from content.content_versions where site = %s", [site.site])
        return None
    if after is not None and not is_ancestor(checkout, after):
        after = None
    try:
        return follow(connection, checkout, site, conventions, after)
    except HistoryNeeded:
        return follow(connection, checkout, site, conventions, None)


def follow(
    connection: psycopg.Connection, checkout: Checkout, site: Site, conventions: Conventions, after: str | None
) -> History:
    """Return the history with the commits that came after ``after``; None starts from scratch. Raises HistoryNeeded."""
    if after is None:
        connection.execute("delete from content.content_versions where site = %s", [site.site])
    lineages = Lineages(site.site, checkout, conventions, known_lineages(connection, checkout, site.site), after)
    lineages.follow(list(read_commits(checkout, after)))
    return History(lineages)


def known_lineages(connection: psycopg.Connection, checkout: Checkout, site: str) -> list[Known]:
    """Return the documents of the site at the path of their last version; one that is there comes last."""
    question = """
        select distinct on (content_id)
            file_path, change_type <> 'delete', authored_at, content_id, path_id, version_number
        from content.content_versions
        where site = %s
        order by content_id, version_number desc
    """
    found = sorted(connection.execute(question, [site]).fetchall(), key=lambda row: row[1:3])
    return [
        (posixpath.normpath(posixpath.join(checkout.folder, path)), Lineage(*ids, is_document=True), is_there)
        for path, is_there, _, *ids in found
    ]


def write_versions(connection: psycopg.Connection, site: Site, history: History, versions: Iterable[Version]) -> int:
    """Write the versions of ``history``, which are as they were read; return how many there are."""
    rows = ([site.site, site.user_code, *(getattr(version, column) for column in COLUMNS)] for version in versions)
    written = copy_rows(connection, "content.content_versions", ("site", "user_code", *COLUMNS), rows)
    for new, old in history.renamed_ids():
        connection.execute(
            "update content.content_versions set content_id = %s where site = %s and content_id = %s",
            [new, site.site, old],
        )
    return written
