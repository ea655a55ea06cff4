"""What Git knows of the files of a repository: each change of each file, commit by commit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, DiffOption, FileMode, SortMode

from orchestration.content.site_files import is_markdown, printable_path

REGULAR = {FileMode.BLOB, FileMode.BLOB_EXECUTABLE}
# Comparing more files than this with each other takes long: only what was renamed is found then, no copies.
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

    ``old_path`` is where its content stood before, where the file was renamed or copied. ``blob`` is the file's content
    after the commit; None where it is deleted, or no regular file.
    """

    path: str
    old_path: str | None
    kind: Literal["added", "modified", "deleted", "renamed", "copied"]
    blob: pygit2.Oid | None


@dataclass(frozen=True)
class Commit:
    """One commit, with what it changed."""

    commit_hash: str
    author_name: str
    author_email: str
    authored_at: datetime
    subject: str
    changes: list[FileChange]


@dataclass(frozen=True)
class Checkout:
    """A repository and a folder in it (``""`` for all of it), at a commit."""

    repository: pygit2.Repository
    folder: str
    head: pygit2.Oid


def is_ancestor(checkout: Checkout, commit_hash: str) -> bool:
    """Whether the history that leads to the checkout's holds this commit; it does not after a forced push."""
    commit = checkout.repository.get(commit_hash)
    if commit is None:
        return False
    return commit.id == checkout.head or checkout.repository.descendant_of(checkout.head, commit.id)


def read_commits(checkout: Checkout, after: str | None = None) -> Iterator[Commit]:
    """The commits up to the checkout's, parents first; only those that came after ``after``."""
    walker = checkout.repository.walk(checkout.head, SortMode.TOPOLOGICAL | SortMode.TIME | SortMode.REVERSE)
    if after is not None:
        walker.hide(after)
    for commit in walker:
        yield Commit(
            commit_hash=str(commit.id),
            author_name=commit.author.name,
            author_email=commit.author.email,
            authored_at=datetime.fromtimestamp(commit.author.time, UTC),
            subject=commit.message.strip().partition("\n")[0],
            changes=changes_of(commit),
        )


def changes_of(commit: pygit2.Commit) -> list[FileChange]:
    """What the commit itself changed: of a merge only what stands in none of its parents."""
    parents: list[pygit2.Tree | None] = [parent.tree for parent in commit.parents]
    first, *others = [changes_between(parent, commit.tree) for parent in parents or [None]]
    elsewhere = [{change.path for change in changes} for changes in others]
    return [change for change in first if all(change.path in paths for paths in elsewhere)]


def changes_between(before: pygit2.Tree | None, after: pygit2.Tree) -> list[FileChange]:
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
    return [file_change(delta) for delta in diff.deltas if delta.status != DeltaStatus.UNMODIFIED]


def file_change(delta: pygit2.DiffDelta) -> FileChange:
    kind = STATUS[DeltaStatus(delta.status)]
    if kind == "deleted":
        return FileChange(path_of(delta.old_file), None, kind, None)
    is_regular = FileMode(delta.new_file.mode) in REGULAR
    old_path = path_of(delta.old_file) if kind in {"renamed", "copied"} else None
    return FileChange(path_of(delta.new_file), old_path, kind, delta.new_file.id if is_regular else None)


def path_of(file: pygit2.DiffFile) -> str:
    """Path as ``site_files`` writes it."""
    return printable_path(file.raw_path)
