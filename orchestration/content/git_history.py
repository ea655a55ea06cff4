"""What Git knows of the files of a repository: each change of each file, commit by commit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, DiffOption, FileMode, SortMode

from orchestration.content.read_files import is_markdown, printable_path
from orchestration.errors import DogearError

# Git refuses repositories of other users because of the programs that their settings may name; history runs none.
pygit2.settings.owner_validation = False

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
    """A repository and a folder in it (``""`` for all of it), with the commit that its HEAD names."""

    repository: pygit2.Repository
    folder: str
    head: pygit2.Oid


def find_checkout(root: Path) -> Checkout | None:
    """The repository in whose working tree ``root`` stands; None where it stands in none, or nothing is committed.

    Raises DogearError where it cannot be read.
    """
    try:
        found = pygit2.discover_repository(str(root))
        if found is None:
            return None
        repository = pygit2.Repository(found)
    except pygit2.GitError as error:
        raise DogearError(f"{root}: its Git repository cannot be read: {error}.") from None
    if repository.head_is_unborn or repository.is_bare:
        return None
    folder = root.resolve().relative_to(Path(repository.workdir).resolve()).as_posix()
    return Checkout(repository, "" if folder == "." else folder, repository.head.peel(pygit2.Commit).id)


def is_ancestor(checkout: Checkout, commit_hash: str) -> bool:
    """Whether the history that leads to HEAD holds this commit; it does not after a forced push."""
    commit = checkout.repository.get(commit_hash)
    if commit is None:
        return False
    return commit.id == checkout.head or checkout.repository.descendant_of(checkout.head, commit.id)


def read_commits(checkout: Checkout, after: str | None = None) -> Iterator[Commit]:
    """The commits up to HEAD, parents first; only those that came after ``after``."""
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
    """Path as ``read_files.path_below`` writes it."""
    return printable_path(file.raw_path)
