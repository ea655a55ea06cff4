"""Git to tables: ``content.content_versions`` holds every commit that touched a document of a site."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from orchestration.content.document import Document
from orchestration.content.git_history import Checkout, find_checkout, is_ancestor, read_commits
from orchestration.content.versions import History, HistoryNeeded, Lineage, Version

COLUMNS = (
    *("file_path", "change_type", "change_summary", "title", "content_hash", "content_snapshot"),
    *("author_name", "author_email", "authored_at", "commit_hash"),
)


@dataclass(frozen=True)
class Committed:
    """What came of the history: how many versions were new, and the id of each committed document by path.

    ``documents`` are those that were read on the way, by path and SHA-256 of the file.
    """

    versions: int
    content_ids: dict[str, UUID]
    documents: dict[tuple[str, str], Document]


def sync_history(connection: psycopg.Connection, root: Path, site: str, user_code: str) -> Committed:
    """Add the versions that came since the last sync; all of them, where history was rewritten since.

    There are none for a folder outside of Git.
    """
    checkout = find_checkout(root)
    if checkout is None:
        return Committed(0, {}, {})
    after = last_commit(connection, checkout, site, user_code)
    try:
        history = follow(connection, checkout, site, after)
    except HistoryNeeded:
        history = follow(connection, checkout, site, None)
    before = {id(lineage): lineage.content_id for lineage in history.lineages.values()}
    versions = list(history.versions())
    rename_ids(connection, before, history.lineages.values())
    insert_versions(connection, site, user_code, versions)
    connection.execute(
        "insert into content.histories (site, user_code, content_root, head_commit) values (%s, %s, %s, %s) "
        "on conflict (site) do update set user_code = excluded.user_code, content_root = excluded.content_root, "
        "head_commit = excluded.head_commit, synced_at = now()",
        [site, user_code, checkout.folder, str(checkout.head)],
    )
    return Committed(len(versions), history.content_ids(), history.documents)


def follow(connection: psycopg.Connection, checkout: Checkout, site: str, after: str | None) -> History:
    """The history with the commits that came after ``after``; None begins anew. Raises HistoryNeeded."""
    if after is None:
        connection.execute("delete from content.content_versions where site = %s", [site])
    folder = checkout.folder
    lineages = {posixpath.normpath(posixpath.join(folder, path)): it for path, it in known_lineages(connection, site)}
    history = History(site, checkout, lineages, goes_on=after is not None)
    history.add(read_commits(checkout, after))
    return history


def last_commit(connection: psycopg.Connection, checkout: Checkout, site: str, user_code: str) -> str | None:
    """The newest commit that was read; None where that is no part of the history, or was read otherwise."""
    row = connection.execute(
        "select head_commit from content.histories where site = %s and user_code = %s and content_root = %s",
        [site, user_code, checkout.folder],
    ).fetchone()
    return row[0] if row and is_ancestor(checkout, row[0]) else None


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


def rename_ids(connection: psycopg.Connection, before: dict[int, UUID], lineages: Iterable[Lineage]) -> None:
    """Front matter may name an id later than the first version."""
    changed = [
        (lineage.content_id, before[id(lineage)])
        for lineage in lineages
        if before.get(id(lineage), lineage.content_id) != lineage.content_id
    ]
    for new, old in changed:
        connection.execute("update content.content_versions set content_id = %s where content_id = %s", [new, old])


def insert_versions(connection: psycopg.Connection, site: str, user_code: str, versions: Iterable[Version]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, ("site", "user_code", "content_id", "version_number", *COLUMNS)))
    copy_in = sql.SQL("copy content.content_versions ({}) from stdin").format(columns)
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for version in versions:
            values = [getattr(version, column) for column in COLUMNS]
            copy.write_row([site, user_code, version.content_id, version.version_number, *values])
