"""The Git history of a repository's files: each change of each file, commit by commit."""

import posixpath
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, DiffOption, SortMode

from orchestration.content.history.similarity import ENOUGH, similarity
from orchestration.content.sources.site_files import is_markdown, printable_path
from orchestration.errors import DogearError

# The range of times that PostgreSQL and Python can both express, in any time zone.
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
# Comparing more files than this with each other takes long: beyond it only renames are found, no copies.
MOST_COMPARISONS = 200_000
STATUS: dict[DeltaStatus, Literal["added", "modified", "deleted", "renamed", "copied"]] = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.MODIFIED: "modified",
    DeltaStatus.TYPECHANGE: "modified",
    DeltaStatus.DELETED: "deleted",
    DeltaStatus.RENAMED: "renamed",
    DeltaStatus.COPIED: "copied",
}


@dataclass(frozen=True)
class FileChange:
    """One file in one commit. Paths are below the root of the repository.

    ``old_path`` is the path from which the file was renamed or copied. ``blob`` is the file's content
    after the commit; None if it is deleted, or no regular file.
    """

    path: str
    old_path: str | None
    kind: Literal["added", "modified", "deleted", "renamed", "copied"]
    blob: pygit2.Oid | None


@dataclass(frozen=True)
class Commit:
    """One commit, with its own changes: for a merge, those that are in none of its parents.

    ``taken_over`` are the paths that a merge took from a parent other than the first: the index of that parent.
    """

    commit_hash: str
    parents: list[str]
    author_name: str
    author_email: str
    authored_at: datetime
    subject: str
    changes: list[FileChange]
    taken_over: dict[str, int]


@dataclass(frozen=True)
class Checkout:
    """A repository and a folder in it (``""`` for all of it), at a commit."""

    repository: pygit2.Repository
    folder: str
    head: pygit2.Oid

    def below(self, path: str) -> str:
        """Return path below the folder of a path below the root of the repository."""
        if not self.folder or path.startswith(f"{self.folder}/"):
            return path[len(self.folder) + 1 :] if self.folder else path
        return posixpath.relpath(path, self.folder)

    def data_of(self, blob: pygit2.Oid | None) -> bytes | None:
        """Content of a file; None if there is none, or a partial clone lacks it."""
        try:
            return None if blob is None else self.repository.read(blob)[1]
        except KeyError:
            return None


def is_ancestor(checkout: Checkout, commit_hash: str) -> bool:
    """Return whether the history that leads to the checkout's holds this commit; it does not after a forced push."""
    commit = checkout.repository.get(commit_hash)
    if commit is None:
        return False
    return commit.id == checkout.head or checkout.repository.descendant_of(checkout.head, commit.id)


def read_commits(checkout: Checkout, after: str | None = None) -> Iterator[Commit]:
    """Yield the commits up to the checkout's, parents first; only those that came after ``after``."""
    walker = checkout.repository.walk(checkout.head, SortMode.TOPOLOGICAL | SortMode.TIME | SortMode.REVERSE)
    if after is not None:
        walker.hide(after)
    for commit in walker:
        try:
            changes, taken_over = changes_of(checkout.repository, commit)
        except (KeyError, pygit2.GitError) as error:
            raise DogearError(
                f"Git lacks a part of commit {commit.id}, as shallow and partial clones do: {error}."
            ) from None
        yield Commit(
            commit_hash=str(commit.id),
            parents=[str(parent) for parent in commit.parent_ids],
            author_name=text_of(commit.author.raw_name),
            author_email=text_of(commit.author.raw_email),
            authored_at=time_of(commit.author),
            subject=text_of(commit.raw_message).strip().partition("\n")[0],
            changes=changes,
            taken_over=taken_over,
        )


def text_of(written: bytes) -> str:
    """Decode it as UTF-8, which nearly all use, and ignore the encoding that the commit declares."""
    return written.decode("utf-8", "replace").replace("\0", "")


def time_of(author: pygit2.Signature) -> datetime:
    """Return when the author made the commit, clamped to the range of times."""
    try:
        return min(max(datetime.fromtimestamp(author.time, UTC), EARLIEST), LATEST)
    except (ValueError, OverflowError, OSError):
        return LATEST if author.time > 0 else EARLIEST


def changes_of(repository: pygit2.Repository, commit: pygit2.Commit) -> tuple[list[FileChange], dict[str, int]]:
    """Return the commit's own changes, and which paths a merge took over, from which parent."""
    trees = [parent.tree for parent in commit.parents]
    if len(trees) < 2:
        return changes_between(repository, trees[0] if trees else None, commit.tree), {}
    first, *others = [
        {change.path: change for delta in tree.diff_to_tree(commit.tree).deltas if (change := file_change(delta))}
        for tree in trees
    ]
    changes: list[FileChange] = []
    taken_over: dict[str, int] = {}
    for path, change in first.items():
        same = [index for index, changed in enumerate(others, 1) if path not in changed]
        if same:
            taken_over[path] = same[0]
        else:
            changes.append(change)
    return changes, taken_over


def changes_between(repository: pygit2.Repository, before: pygit2.Tree | None, after: pygit2.Tree) -> list[FileChange]:
    if before is None:
        diff = after.diff_to_tree(swap=True)
        return [file_change(delta) for delta in diff.deltas]
    diff = before.diff_to_tree(after)
    added = [
        delta for delta in diff.deltas if delta.status == DeltaStatus.ADDED and is_markdown(path_of(delta.new_file))
    ]
    if added:
        whole = before.diff_to_tree(after, flags=DiffOption.INCLUDE_UNMODIFIED)
        if len(added) * len(whole) <= MOST_COMPARISONS:
            # As `git log --follow` does: any file of the commit before may be what a new one was made of.
            diff = whole
            diff.find_similar(flags=DiffFind.FIND_RENAMES | DiffFind.FIND_COPIES_FROM_UNMODIFIED)
        else:
            diff.find_similar(flags=DiffFind.FIND_RENAMES)
    elif any(delta.status == DeltaStatus.ADDED for delta in diff.deltas):
        diff.find_similar(flags=DiffFind.FIND_RENAMES)
    return [
        change
        for delta in diff.deltas
        if delta.status != DeltaStatus.UNMODIFIED
        for change in as_git_sees_it(repository, file_change(delta), delta)
    ]


def as_git_sees_it(repository: pygit2.Repository, change: FileChange, delta: pygit2.DiffDelta) -> list[FileChange]:
    """Return the change; a rename or copy that Git would not recognise, since it compares otherwise, is a new file."""
    if change.old_path is None or not is_markdown(change.path) or delta.old_file.id == delta.new_file.id:
        return [change]
    before, after = repository.get(delta.old_file.id), repository.get(delta.new_file.id)
    if (
        isinstance(before, pygit2.Blob)
        and isinstance(after, pygit2.Blob)
        and similarity(before.data, after.data) >= ENOUGH
    ):
        return [change]
    new = FileChange(change.path, None, "added", change.blob)
    return [FileChange(change.old_path, None, "deleted", None), new] if change.kind == "renamed" else [new]


def file_change(delta: pygit2.DiffDelta) -> FileChange:
    kind = STATUS[DeltaStatus(delta.status)]
    if kind == "deleted":
        return FileChange(path_of(delta.old_file), None, kind, None)
    # Old repositories have modes that Git no longer writes.
    is_regular = stat.S_IFMT(delta.new_file.mode) == stat.S_IFREG
    old_path = path_of(delta.old_file) if kind in {"renamed", "copied"} else None
    return FileChange(path_of(delta.new_file), old_path, kind, delta.new_file.id if is_regular else None)


def path_of(file: pygit2.DiffFile) -> str:
    """Return path as ``site_files`` writes it."""
    return printable_path(file.raw_path)
