"""A site's source to its tables, in one transaction: documents, versions, search, links, measures."""

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import psycopg

from orchestration.content.documents.document import id_of_path
from orchestration.content.documents.links import insert_links
from orchestration.content.documents.read_documents import FileReading, read_file
from orchestration.content.documents.rules.conventions import Conventions, read_conventions
from orchestration.content.history.git_history import Checkout
from orchestration.content.history.spool import run_through
from orchestration.content.history.version_tables import follow_history, write_versions
from orchestration.content.history.versions import History, Prepare, size_of_version
from orchestration.content.sites import Site
from orchestration.content.sources.listed_files import list_files, write_files
from orchestration.content.sources.repositories import RepositoryBusyError, Source
from orchestration.content.sources.site_files import SiteFile, SiteFiles
from orchestration.content.tables.item_rows import (
    KnownFile,
    delete_files,
    give_to_owner,
    insert_items,
    insert_status,
    known_files,
)
from orchestration.content.tables.measure_rows import delete_unused_measures, write_measures
from orchestration.content.tables.search_index import insert_search_rows, preparing_search
from orchestration.content.tables.taken_ids import refuse_taken_ids
from orchestration.errors import DogearError

# Bump to force a full re-read after a change of the parser.
READER = 2
USUAL_CONTENT_FOLDER = "content"


@dataclass(frozen=True)
class SyncSummary:
    """How many files were read, were unchanged, are gone, and could not be read; and new versions.

    ``others`` are the site's other files, each with the URL path under which the site serves it.
    ``commit`` is the one that was read; None outside of Git. ``is_new``: it was not read before.
    ``is_rebuilt``: the versions are those of all of history.
    """

    synced: int
    unchanged: int
    deleted: int
    failed: int
    versions: int = 0
    others: Sequence[tuple[SiteFile, str]] = field(default=(), compare=False)
    commit: str | None = field(default=None, compare=False)
    is_new: bool = field(default=False, compare=False)
    is_rebuilt: bool = field(default=False, compare=False)


def sync_content(connection: psycopg.Connection, site: Site, source: Source) -> SyncSummary:
    """Read what changed at the source into the tables, inside the connection's transaction.

    A file that cannot be read keeps the document that was last read from it. Raises DogearError if the content
    folder cannot be listed, RepositoryBusyError if Git changes it meanwhile.
    """
    state = source.state()
    conventions = conventions_of(source.files, site)
    read_as = digest_of(site, conventions)
    known_as, last_commit = lock_site(connection, site)
    reads_all = known_as != read_as
    documents, others = list_files(source.files, conventions)
    known = known_files(connection, site, reads_all=reads_all)
    checkout = content_checkout(source.checkout, conventions)
    history = follow_history(connection, checkout, site, conventions, None if reads_all else last_commit)
    with preparing_search(connection, site) as prepare:
        versions = run_through(history.versions(prepare) if history else (), size_of_version)
        readings = read_files(site, conventions, documents, known, history, prepare)
    if source.state() != state:
        raise RepositoryBusyError(f"{source.worktree} has been changed by Git while it was read.")
    new_versions = write_versions(connection, site, history, versions) if history else 0
    readings = refuse_taken_ids(connection, site.site, known, readings)
    changed = [(reading, reading.document) for reading in readings if reading.document is not None]
    failed = [reading for reading in readings if reading.error is not None]
    gone = sorted(known.keys() - documents.keys())
    delete_files(connection, site.site, gone, [reading for reading, _ in changed], failed)
    insert_items(connection, site, changed)
    insert_search_rows(connection, [reading.file_path for reading, _ in changed])
    insert_links(connection, site, conventions, [(reading.file_path, it) for reading, it in changed])
    insert_status(connection, site, known, [*(reading for reading, _ in changed), *failed])
    write_files(connection, site, others)
    measures = {reading.file_hash: document.measures for reading, document in changed if reading.file_hash}
    write_measures(connection, site, {**(history.measures if history else {}), **measures})
    delete_unused_measures(connection, site)
    commit = str(checkout.head) if checkout else None
    if reads_all:
        give_to_owner(connection, site)
    mark_site(connection, site, read_as, conventions.content_root, commit)
    return SyncSummary(
        *(len(changed), len(readings) - len(changed) - len(failed), len(gone), len(failed), new_versions),
        others=list(others.values()),
        commit=commit,
        is_new=commit is not None and commit != last_commit,
        is_rebuilt=history is not None and history.lineages.is_whole and last_commit is not None,
    )


def conventions_of(files: SiteFiles, site: Site) -> Conventions:
    """Return the conventions; a plain site keeps its documents in ``content``, if there is such a folder."""
    conventions = read_conventions(files.read, site.content_root)
    is_open = conventions.generator == "plain" and site.content_root is None and not conventions.content_root
    if is_open and any(True for _ in files.below(USUAL_CONTENT_FOLDER, optional=True)):
        return read_conventions(files.read, USUAL_CONTENT_FOLDER)
    return conventions


def digest_of(site: Site, conventions: Conventions) -> str:
    """Return the digest of all that decides how a file is read, except the file itself."""
    parts = (str(READER), site.user_code, site.repository or "", conventions.content_root, conventions.digest)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def content_checkout(checkout: Checkout | None, conventions: Conventions) -> Checkout | None:
    """Return the checkout with the content folder as its folder."""
    if checkout is None:
        return None
    folder = posixpath.normpath(posixpath.join(checkout.folder, conventions.content_root))
    return replace(checkout, folder="" if folder == "." else folder)


def read_files(
    site: Site,
    conventions: Conventions,
    documents: Mapping[str, SiteFile],
    known: Mapping[str, KnownFile],
    history: History | None,
    prepare: Prepare,
) -> list[FileReading]:
    """Read each file, unless its content and its document's id are those of before."""
    committed = history.content_ids() if history else {}
    parsed = history.documents if history else {}
    taken = history.lineages.taken if history else set[UUID]()
    new_id = history.lineages.path_id if history else partial(id_of_path, site.site)
    nothing = KnownFile(None, None, None, None)
    readings: list[FileReading] = []
    for path, file in documents.items():
        before = known.get(path, nothing)
        # The document that was read there before may have moved, in a commit.
        known_id = before.content_id if before.content_id not in taken else None
        content_id = committed.get(path) or known_id or new_id(path)
        known_hash = before.content_hash if before.content_id == content_id else None
        reading = read_file(file, path, content_id, site.site, conventions, known_hash, parsed)
        if reading.document and reading.file_hash and (path, reading.file_hash) not in parsed:
            prepare(path, reading.file_hash, reading.document)
        readings.append(reading)
    return readings


def lock_site(connection: psycopg.Connection, site: Site) -> tuple[str | None, str | None]:
    """Return how the site was read last, and its newest commit then.

    The lock is held to the end: of two syncs of a site, the second reads the files after the first has written.
    """
    question = "select read_as, head_commit from content.sites where site = %s for update"
    row = connection.execute(question, [site.site]).fetchone()
    if row is None:
        raise DogearError(f"There is no site {site.site} any more.")
    return row


def mark_site(
    connection: psycopg.Connection, site: Site, read_as: str, content_folder: str, commit: str | None
) -> None:
    """Say how far the site is read, and as what."""
    connection.execute(
        "update content.sites set read_as = %s, content_folder = %s, head_commit = %s, synced_at = now(), "
        "sync_error = null where site = %s",
        [read_as, content_folder, commit, site.site],
    )
