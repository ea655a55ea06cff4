"""Has anything changed at the source of a site? This is answered without reading its files."""

import hashlib
from pathlib import Path

from orchestration.content.documents.rules.conventions import read_conventions
from orchestration.content.sites import Site
from orchestration.content.sources.commit_files import CommitFiles
from orchestration.content.sources.listed_files import list_files
from orchestration.content.sources.remotes import GitAccess, newest_commit
from orchestration.content.sources.repositories import HEAD, open_source, repository_folder
from orchestration.content.sources.repository_urls import is_remote


def fingerprint(site: Site, home: Path, access: GitAccess) -> str:
    """Return the commit and, for a working tree, a digest of the files' paths, sizes and times.

    It changes with the content, and with the settings of the site. Raises DogearError if the source cannot be
    reached.
    """
    if site.repository is None:
        return ""
    settings = hashlib.sha256(repr(site).encode()).hexdigest()[:8]
    if is_remote(site.repository):
        folder = repository_folder(home, site.repository)
        return f"{newest_commit(site.repository, site.branch or HEAD, folder, access)}, {settings}"
    source = open_source(site, home)
    source.state()
    commit = source.checkout.head if source.checkout else "no commit"
    if isinstance(source.files, CommitFiles):
        return f"{commit}, {settings}"
    digest = hashlib.sha256()
    documents, others = list_files(source.files, read_conventions(source.files.read, site.content_root))
    for file in (*documents.values(), *(file for file, _ in others.values())):
        digest.update(f"{file.path}\n{file.tag}\n".encode())
    return f"{commit}, files {digest.hexdigest()[:16]}, {settings}"
