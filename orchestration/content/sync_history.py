"""Git to tables: ``content.content_versions`` holds every commit that touched a document of a site."""

import posixpath
from collections.abc import Iterable

import psycopg

from orchestration.content.git_history import Checkout, is_ancestor, read_commits
from orchestration.content.rules.conventions import Conventions
from orchestration.content.sites import Site
from orchestration.content.versions import History, HistoryNeeded, Lineage, Version
from orchestration.resources.copy_rows import copy_rows

COLUMNS = (
    *(
        "content_id",
        "version_number",
        "content_type",
        "file_path",
        "url_path",
        "change_type",
        "change_summary",
        "title",
    ),
    *("content_hash", "content_snapshot", "author_name", "author_email", "authored_at", "commit_hash"),
)


def follow_history(
    connection: psycopg.Connection, checkout: Checkout | None, site: Site, conventions: Conventions, after: str | None
) -> History | None:
    """The documents through the commits that came after ``after``; through all, where history was rewritten since.

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
    """The history with the commits that came after ``after``; None begins anew. Raises HistoryNeeded."""
    if after is None:
        connection.execute("delete from content.content_versions where site = %s", [site.site])
    known = known_lineages(connection, site.site)
    lineages = {posixpath.normpath(posixpath.join(checkout.folder, path)): lineage for path, lineage in known}
    history = History(site.site, checkout, conventions, lineages, goes_on=after is not None)
    history.add(read_commits(checkout, after))
    return history


def known_lineages(connection: psycopg.Connection, site: str) -> list[tuple[str, Lineage]]:
    """The documents of the site with the path of their last version; of two at one path, the one that is there last."""
    question = """
        select distinct on (content_id) file_path, content_id, version_number, change_type <> 'delete'
        from content.content_versions
        where site = %s
        order by content_id, version_number desc
    """
    found = connection.execute(question, [site]).fetchall()
    return [(path, Lineage(*rest, is_document=True)) for path, *rest in sorted(found, key=lambda row: row[3])]


def write_versions(connection: psycopg.Connection, site: Site, history: History, versions: Iterable[Version]) -> int:
    """Write the versions of ``history``, which are as they were read; returns how many there are."""
    rows = ([site.site, site.user_code, *(getattr(version, column) for column in COLUMNS)] for version in versions)
    written = copy_rows(connection, "content.content_versions", ("site", "user_code", *COLUMNS), rows)
    for new, old in history.renamed_ids():
        connection.execute("update content.content_versions set content_id = %s where content_id = %s", [new, old])
    return written
