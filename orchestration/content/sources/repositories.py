"""Where the content of a site is read from: a folder, a working tree, or a local or remote branch."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pygit2

from orchestration.content.history.git_history import Checkout
from orchestration.content.sites import Site
from orchestration.content.sources.commit_files import CommitFiles
from orchestration.content.sources.folder_files import FolderFiles
from orchestration.content.sources.remotes import GitAccess, fetch, local_name
from orchestration.content.sources.repository_urls import endpoint_of, is_remote
from orchestration.content.sources.site_files import SiteFiles
from orchestration.errors import DogearError

# Git refuses repositories of other users because their settings may name programs; reading runs none.
pygit2.settings.owner_validation = False

HEAD = "HEAD"


class RepositoryBusyError(DogearError):
    """A Git command is at work in the working tree, so its files may be half changed."""


@dataclass(frozen=True)
class Source:
    """The files of a site, and the commit of its repository at which its history is read; None outside of Git."""

    files: SiteFiles
    checkout: Checkout | None
    worktree: Path | None = None

    def state(self) -> str:
        """Another one after Git has changed the working tree. Raises RepositoryBusyError while it does."""
        if self.checkout is None or self.worktree is None:
            return ""
        folder = Path(self.checkout.repository.path)
        if (lock := folder / "index.lock").exists():
            raise RepositoryBusyError(f"A Git command is at work in {self.worktree}. If none is, remove {lock}.")
        try:
            index = (folder / "index").stat()
        except FileNotFoundError:
            return str(self.checkout.repository.head.target)
        return f"{self.checkout.repository.head.target} {index.st_mtime_ns} {index.st_size}"


def check_repository(repository: str) -> str:
    """Return the repository as it is kept: a URL, or an absolute path. Raises DogearError for what it cannot be."""
    if not repository.strip():
        raise DogearError("--repository is empty: name a folder, or the URL of a Git repository.")
    if not is_remote(repository):
        return str(Path(repository).expanduser().absolute())
    endpoint_of(repository)
    return repository


def repository_folder(home: Path, url: str) -> Path:
    """Return where the commits of a remote repository are kept."""
    return home / "repositories" / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.git"


def forget_unused(home: Path, sites: Iterable[Site]) -> int:
    """Remove the commits of remote repositories that no site uses any more; return how many repositories."""
    used = {repository_folder(home, site.repository).name for site in sites if site.repository}
    unused = [folder for folder in (home / "repositories").glob("*.git") if folder.name not in used]
    for folder in unused:
        lock = folder.with_suffix(".lock")
        with lock.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)
    return len(unused)


def open_source(site: Site, home: Path, access: GitAccess | None = None) -> Source:
    """Return the source of a site that has a repository; of a remote one, the new commits are fetched first.

    Raises DogearError if it is not there, cannot be read, or has no such branch.
    """
    assert site.repository is not None
    if is_remote(site.repository):
        folder = repository_folder(home, site.repository)
        fetch(site.repository, site.branch or HEAD, folder, access or GitAccess())
        return at_commit(pygit2.Repository(str(folder)), "", local_name(site.branch or HEAD), site)
    root = Path(site.repository)
    if not root.is_dir():
        raise DogearError(f"{root}, the repository of {site.site}, is not there. Change it: dogear site add.")
    try:
        found = pygit2.discover_repository(str(root))
        repository = pygit2.Repository(found) if found else None
    except pygit2.GitError as error:
        raise DogearError(f"{root}: its Git repository cannot be read: {error}.") from None
    if repository is None:
        if site.branch:
            raise DogearError(f"{root}, the repository of {site.site}, is no Git repository: it has no branches.")
        return Source(FolderFiles(root), None)
    is_bare = root.resolve().is_relative_to(Path(repository.path).resolve())
    folder = "" if is_bare else below_root(root, Path(repository.workdir))
    if site.branch or is_bare:
        return at_commit(repository, folder, f"refs/heads/{site.branch}" if site.branch else HEAD, site)
    head = None if repository.head_is_unborn else repository.head.peel(pygit2.Commit).id
    return Source(FolderFiles(root), Checkout(repository, folder, head) if head else None, root)


def below_root(folder: Path, root: Path) -> str:
    if not folder.resolve().is_relative_to(root.resolve()):
        raise DogearError(f"{folder}: the working tree of its Git repository is elsewhere, in {root}.")
    below = folder.resolve().relative_to(root.resolve()).as_posix()
    return "" if below == "." else below


def at_commit(repository: pygit2.Repository, folder: str, revision: str, site: Site) -> Source:
    try:
        head = repository.revparse_single(revision).peel(pygit2.Commit).id
    except (KeyError, ValueError, pygit2.GitError):
        raise DogearError(f"{site.repository} has no branch {site.branch or 'to begin with'}.") from None
    return Source(CommitFiles(repository, head, folder), Checkout(repository, folder, head))
